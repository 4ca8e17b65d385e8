-- One row per shop and event of its web site or clickstream. Prices of one type of event may be summed.
{{ config(materialized='incremental', unique_key='event_date') }}

with

events as (

    select * from {{ ref('int_events') }}

),

robots as (

    select * from {{ ref('int_robots') }}

),

versions as (

    {{ day_versions('events', 'event_date') }}

),

-- Who is a robot on one day is one on all: a day is of another version with other robots on it.
robots_by_day as (

    select distinct
        events.event_date,
        xxhash64(
            robots.shop_id, robots.customer_id is null, coalesce(robots.customer_id, robots.session_id)
        ) as robot
    from events
    inner join robots
        on
            {{ is_visit_of('robots', 'events') }}

),

robot_days as (

    select
        event_date,
        bit_xor(robot) as robots
    from robots_by_day
    group by event_date

),

units as (

    select
        versions.event_date,
        xxhash64(versions._version, robot_days.robots) as _version
    from versions
    left join robot_days on versions.event_date <=> robot_days.event_date

),

final as (

    select
        -- ids
        events.shop_id,
        {{ entity_key('events.event_id', 'events.shop_id') }} as event_key,
        {{ entity_key('events.session_id', 'events.shop_id') }} as session_key,
        {{ entity_key('events.customer_id', 'events.shop_id') }} as customer_key,
        {{ entity_key('events.product_id', 'events.shop_id') }} as product_key,

        -- strings
        events.event_type,
        events.traffic_source,

        -- numerics
        {{ line_amount('events.price') }} as price,

        -- booleans
        robots.shop_id is not null as is_robot,

        -- dates and timestamps
        events.event_date,
        events.event_at,

        units._version
    from events
    inner join units on events.event_date <=> units.event_date
    left join robots
        on
            {{ is_visit_of('robots', 'events') }}
    where
        {{ in_stale_days('events.event_date') }}

)

select * from final
