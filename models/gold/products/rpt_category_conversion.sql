-- One row per shop and category code: how often its products were seen, carted and bought.
-- Only shops whose purchase events name a product.
with

events as (

    select * from {{ ref('int_events') }}

),

products as (

    select * from {{ ref('int_products') }}
    where category_code is not null

),

recording_shops as (

    select distinct shop_id
    from events
    where event_type = 'purchase' and product_id is not null

),

category_events as (

    select
        events.shop_id,
        products.category_code,
        events.session_id,
        events.event_type
    from events
    inner join products
        on
            events.shop_id = products.shop_id
            and events.product_id = products.product_id
    inner join recording_shops on events.shop_id = recording_shops.shop_id

),

categories as (

    select
        shop_id,
        category_code,
        {{ count_where("event_type = 'view'") }} as view_count,
        {{ count_where("event_type = 'cart'") }} as cart_count,
        {{ count_where("event_type = 'purchase'") }} as purchase_count,
        count(distinct session_id) as session_count,
        count(distinct if(event_type = 'purchase', session_id, null)) as converting_session_count
    from category_events
    group by shop_id, category_code

),

final as (

    select
        -- ids
        shop_id,
        category_code,

        -- numerics
        view_count,
        cart_count,
        purchase_count,
        session_count,
        converting_session_count,

        -- rates
        {{ ratio('purchase_count', 'view_count') }} as conversion_rate,
        {{ ratio('converting_session_count', 'session_count') }} as session_conversion_rate,

        -- ranks
        {{ conversion_rank('view_count', 'purchase_count', 'category_code') }} as conversion_rank
    from categories

)

select * from final
