-- One row per distinct event of the clickstream: a view, a cart, a removal or a purchase.
{{ config(materialized='incremental', unique_key='event_date') }}

with

units as (

    {{ bronze_day_versions(source('rees46', 'rees46__events'), 'event_at', 'event_date') }}

),

events as (

    {{ distinct_rows(source('rees46', 'rees46__events'), [
        'event_at', 'event_type', 'product_id', 'category_id', 'category_code', 'brand',
        'price', 'user_id', 'session_id'
    ], moment='event_at') }}

),

dated as (

    select
        events.*,
        units.event_date,
        units._version
    from events
    inner join units on cast(events.event_at as date) <=> units.event_date

),

final as (

    select
        -- ids
        md5(to_json(struct(
            event_at, event_type, product_id, category_id, category_code, brand, price, user_id, session_id
        ))) as event_id,
        coalesce(session_id, 'none') || '-' || user_id as session_id,
        user_id,
        product_id,
        category_id,

        -- strings
        event_type,
        nullif(trim(category_code), '') as category_code,
        nullif(trim(brand), '') as brand,

        -- numerics
        price,

        -- dates and timestamps
        event_date,
        event_at,

        _batch_id,
        _version
    from dated

)

select * from final
