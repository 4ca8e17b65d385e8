-- One row per shop and session: how far it came, and what it brought. It is of the day on which it
-- starts, and may go on into others.
{{ config(materialized='incremental', unique_key='session_date') }}

with

events as (

    select * from {{ ref('int_events') }}

),

robots as (

    select * from {{ ref('int_robots') }}

),

days as (

    {{ span_fingerprints('events') }}

),

{% if is_incremental() %}

-- sessions that only reach into the days to write, or out of them, stay as they are
staying as (

    select
        shop_id,
        session_id,
        customer_id,
        traffic_source,
        event_count,
        view_count,
        cart_count,
        purchase_count,
        revenue_amount,
        is_converted,
        is_cart_abandoned,
        session_date,
        cast(ended_at as date) as ended_date,
        started_at,
        ended_at
    from {{ this }}
    where
        {{ any_day(days_between('session_date', 'ended_at'), in_stale_days('day')) }}
        and not {{ every_day(days_between('session_date', 'ended_at'), in_stale_days('day')) }}

),

{% endif %}

-- Numbers and times alone are found by hashing; a text among them would have all events sorted.
visits as (

    select
        shop_id,
        session_id,
        customer_id,
        traffic_source,
        count(*) as event_count,
        {{ count_where("event_type = 'view'") }} as view_count,
        {{ count_where("event_type = 'cart'") }} as cart_count,
        {{ count_where("event_type = 'purchase'") }} as purchase_count,
        sum(price * if(event_type = 'purchase', 1, 0)) as revenue_amount,
        min(event_date) as session_date,
        max(event_date) as ended_date,
        min(event_at) as started_at,
        max(event_at) as ended_at
    from events
    where
        session_id is not null
        and {{ in_stale_days('event_date') }}
    group by shop_id, session_id, customer_id, traffic_source

),

counted as (

    select
        shop_id,
        session_id,
        min(customer_id) as customer_id,
        -- the one that it started with; of one moment, the first by name
        min(struct(started_at, traffic_source)).traffic_source as traffic_source,
        sum(event_count) as event_count,
        sum(view_count) as view_count,
        sum(cart_count) as cart_count,
        sum(purchase_count) as purchase_count,
        {{ amount('sum(revenue_amount)') }} as revenue_amount,
        sum(purchase_count) > 0 as is_converted,
        sum(cart_count) > 0 and sum(purchase_count) = 0 as is_cart_abandoned,
        min(session_date) as session_date,
        max(ended_date) as ended_date,
        min(started_at) as started_at,
        max(ended_at) as ended_at
    from visits
    group by shop_id, session_id

),

sessions as (

    select * from counted
    {% if is_incremental() %}
    where
        not exists (
            select 1
            from staying
            where staying.shop_id = counted.shop_id and staying.session_id = counted.session_id
        )
    union all
    select * from staying
    where
        {{ in_stale_days('session_date') }}
    {% endif %}

),

final as (

    select
        -- ids
        sessions.shop_id,
        sessions.session_id,
        sessions.customer_id,

        -- strings
        sessions.traffic_source,

        -- numerics
        sessions.event_count,
        sessions.view_count,
        sessions.cart_count,
        sessions.purchase_count,
        sessions.revenue_amount,

        -- booleans
        sessions.is_converted,
        sessions.is_cart_abandoned,
        robots.shop_id is not null as is_robot,

        -- dates and timestamps
        sessions.session_date,
        sessions.started_at,
        sessions.ended_at,

        last_days.through ^ first_days.before as _span_version,
        xxhash64('{{ invocation_id }}', sessions.session_date) as _version
    from sessions
    inner join days as first_days on sessions.session_date <=> first_days.event_date
    inner join days as last_days on sessions.ended_date <=> last_days.event_date
    left join robots
        on
            {{ is_visit_of('robots', 'sessions') }}

)

select * from final
