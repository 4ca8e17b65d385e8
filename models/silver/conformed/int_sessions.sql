-- One row per shop and session: how far it came, and what it brought.
with

events as (

    select * from {{ ref('int_events') }}

),

robots as (

    select * from {{ ref('int_robots') }}

),

sessions as (

    select
        shop_id,
        session_id,
        min(customer_id) as customer_id,
        min_by(traffic_source, struct(event_at, event_id)) as traffic_source,
        count(*) as event_count,
        {{ count_where("event_type = 'view'") }} as view_count,
        {{ count_where("event_type = 'cart'") }} as cart_count,
        {{ count_where("event_type = 'purchase'") }} as purchase_count,
        {{ amount("sum(price * if(event_type = 'purchase', 1, 0))") }} as revenue_amount,
        count_if(event_type = 'purchase') > 0 as is_converted,
        count_if(event_type = 'cart') > 0 and count_if(event_type = 'purchase') = 0 as is_cart_abandoned,
        min(event_at) as started_at,
        max(event_at) as ended_at
    from events
    where session_id is not null
    group by shop_id, session_id

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

        -- timestamps
        sessions.started_at,
        sessions.ended_at
    from sessions
    left join robots
        on
            {{ is_visit_of('robots', 'sessions') }}

)

select * from final
