-- One row per shop and day with an event: the visitors, known or of one session, who were too busy on
-- it to be human (vars `robot_session_count`, `robot_event_count`).
{{ config(materialized='incremental', unique_key='event_date') }}

with

events as (

    select
        shop_id,
        customer_id,
        session_id,
        -- nobody known is a visitor of one session
        if(customer_id is null, session_id, null) as anonymous_session_id,
        event_date,
        _version
    from {{ ref('int_events') }}
    where event_date is not null

),

units as (

    {{ day_versions('events', 'event_date') }}

),

visitors as (

    select
        shop_id,
        event_date,
        customer_id,
        anonymous_session_id,
        coalesce(customer_id, anonymous_session_id) is not null
        and (
            count(distinct session_id) > {{ var('robot_session_count') }}
            or count(*) > {{ var('robot_event_count') }}
        ) as is_robot
    from events
    where
        {{ in_stale_days('event_date') }}
    group by shop_id, event_date, customer_id, anonymous_session_id

),

days as (

    select
        shop_id,
        event_date,
        array_sort(collect_list(
            if(
                is_robot,
                named_struct('customer_id', customer_id, 'session_id', anonymous_session_id),
                null
            )
        )) as robots
    from visitors
    group by shop_id, event_date

),

final as (

    select
        days.shop_id,
        days.event_date,
        days.robots,
        units._version
    from days
    inner join units on days.event_date = units.event_date

)

select * from final
