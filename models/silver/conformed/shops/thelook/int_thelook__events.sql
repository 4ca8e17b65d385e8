-- One row per event of thelook's web site. Its product pages are views; only they name a product.
with

events as (

    select * from {{ ref('stg_thelook__events') }}

),

final as (

    select
        'thelook' as shop_id,
        {{ not_recorded('events', except=[
            'session_id', 'customer_id', 'product_id', 'event_date', 'event_at', 'traffic_source'
        ]) }}
        event_id,
        session_id,
        user_id as customer_id,
        nullif(regexp_extract(uri, '^/product/([0-9]+)', 1), '') as product_id,
        case event_type
            when 'product' then 'view'
            when 'cart' then 'cart'
            when 'purchase' then 'purchase'
            else 'other'
        end as event_type,
        cast(created_at as date) as event_date,
        created_at as event_at,
        traffic_source,
        _version
    from events

)

select * from final
