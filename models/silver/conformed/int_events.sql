-- One row per shop and event of its web site or clickstream: what was viewed, carted and bought.
{{ config(materialized='incremental', unique_key='event_date') }}

with

events as (

    {{ union_shops('events') }}

),

units as (

    {{ day_versions('events', 'event_date') }}

),

final as (

    select
        -- ids
        events.shop_id,
        events.event_id,
        events.session_id,
        events.customer_id,
        events.product_id,

        -- strings
        events.event_type,
        events.traffic_source,

        -- numerics
        events.price,

        -- dates and timestamps
        events.event_date,
        events.event_at,

        units._version
    from events
    inner join units on events.event_date <=> units.event_date
    where
        {{ in_stale_days('events.event_date') }}

)

select * from final
