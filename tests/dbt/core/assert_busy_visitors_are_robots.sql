-- A customer with more sessions on one day than a human has, or a visitor with more events in sessions
-- within one day, is a robot in all of them.
with

visits as (

    select
        *,
        cast(started_at as date) as day
    from {{ ref('int_sessions') }}
    where cast(started_at as date) = cast(ended_at as date)

),

busy as (

    select
        shop_id,
        coalesce(customer_id, session_id) as visitor_id,
        day,
        count(*) as session_count,
        sum(event_count) as event_count,
        count_if(not is_robot) as human_session_count
    from visits
    group by shop_id, customer_id, coalesce(customer_id, session_id), day

)

select *
from busy
where
    (session_count > {{ var('robot_session_count') }} or event_count > {{ var('robot_event_count') }})
    and human_session_count > 0
