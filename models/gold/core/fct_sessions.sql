-- One row per shop and session. Counts and revenue may be summed.
{{ config(materialized='incremental', unique_key='session_date') }}

with

sessions as (

    select * from {{ ref('int_sessions') }}

),

units as (

    {{ day_versions('sessions', 'session_date') }}

),

final as (

    select
        -- ids
        sessions.shop_id,
        {{ entity_key('sessions.session_id', 'sessions.shop_id') }} as session_key,
        {{ entity_key('sessions.customer_id', 'sessions.shop_id') }} as customer_key,

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
        sessions.is_robot,

        -- dates and timestamps
        sessions.session_date,
        sessions.started_at,
        sessions.ended_at,

        units._version
    from sessions
    inner join units on sessions.session_date <=> units.session_date
    where
        {{ in_stale_days('sessions.session_date') }}

)

select * from final
