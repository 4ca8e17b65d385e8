-- One row per shop and robot: a customer, or a session of nobody known, that is too busy on one day
-- to be human (vars `robot_session_count`, `robot_event_count`).
with

events as (

    select
        shop_id,
        customer_id,
        session_id,
        -- nobody known is a visitor of one session
        if(customer_id is null, session_id, null) as anonymous_session_id,
        cast(event_at as date) as day
    from {{ ref('int_events') }}
    where event_at is not null

),

days as (

    select
        shop_id,
        customer_id,
        anonymous_session_id,
        day,
        count(distinct session_id) as session_count,
        count(*) as event_count
    from events
    group by shop_id, customer_id, anonymous_session_id, day

),

final as (

    select distinct
        shop_id,
        customer_id,
        anonymous_session_id as session_id
    from days
    where
        (session_count > {{ var('robot_session_count') }} or event_count > {{ var('robot_event_count') }})
        and coalesce(customer_id, anonymous_session_id) is not null

)

select * from final
