-- One row per product of rees46, with what its latest event said of it.
with

events as (

    select * from {{ ref('stg_rees46__events') }}

),

-- Times alone are found by hashing; a text or a struct would have all events sorted.
latest_times as (

    select
        product_id,
        max(event_at) as latest_at,
        max(if(category_id is not null, event_at, null)) as category_id_at,
        max(if(category_code is not null, event_at, null)) as category_code_at,
        max(if(brand is not null, event_at, null)) as brand_at,
        max(if({{ is_price('price') }}, event_at, null)) as price_at
    from events
    group by product_id

),

-- The few events of those times; of one moment, the last by id counts. Times of products are few beside
-- the events, which the hint keeps from being sorted for the join.
latest as (

    select /*+ broadcast(latest_times) */
        events.product_id,
        max_by(events.category_id, struct(events.event_at, events.event_id)) filter (
            where events.category_id is not null
        ) as category_id,
        max_by(events.category_code, struct(events.event_at, events.event_id)) filter (
            where events.category_code is not null
        ) as category_code,
        max_by(events.brand, struct(events.event_at, events.event_id)) filter (
            where events.brand is not null
        ) as brand,
        max_by(events.price, struct(events.event_at, events.event_id)) filter (
            where {{ is_price('events.price') }}
        ) as list_price
    from events
    inner join latest_times
        on
            events.product_id = latest_times.product_id
            and events.event_at in (
                latest_times.latest_at,
                latest_times.category_id_at,
                latest_times.category_code_at,
                latest_times.brand_at,
                latest_times.price_at
            )
    group by events.product_id

),

final as (

    select
        'rees46' as shop_id,
        {{ not_recorded('products', except=[
            'category_id', 'category', 'category_code', 'brand', 'list_price'
        ]) }}
        product_id,
        category_id,
        {{ category_level(1) }} as category,
        category_code,
        brand,
        list_price
    from latest

)

select * from final
