-- One row per shop and product whose events carry a price: the prices seen, what visitors did, and
-- the price band of the product in its category (1 the cheapest quarter).
with

products as (

    select * from {{ ref('int_products') }}
    where category_code is not null and list_price is not null

),

robots as (

    select * from {{ ref('int_robots') }}

),

events as (

    select
        events.*,
        robots.shop_id is not null as is_robot
    from {{ ref('int_events') }} as events
    left join robots
        on
            {{ is_visit_of('robots', 'events') }}
    where events.product_id is not null and {{ is_price('events.price') }}

),

event_prices as (

    select
        shop_id,
        product_id,
        count(*) as event_count,
        {{ count_where("event_type = 'view'") }} as view_count,
        {{ count_where("event_type = 'purchase'") }} as purchase_count,
        {{ count_where("event_type = 'view' and not is_robot") }} as human_view_count,
        {{ count_where("event_type = 'purchase' and not is_robot") }} as human_purchase_count,
        sum(price) as price_sum,
        min(price) as min_price,
        max(price) as max_price
    from events
    group by shop_id, product_id

),

tiles as (

    select
        products.category_code,
        products.list_price,
        event_prices.*,
        ntile(4) over (
            partition by products.shop_id, products.category_code
            order by products.list_price, products.product_id
        ) as price_tile
    from products
    inner join event_prices
        on
            products.shop_id = event_prices.shop_id
            and products.product_id = event_prices.product_id

),

final as (

    select
        -- ids
        shop_id,
        product_id,

        -- strings
        category_code,

        -- counts
        event_count,
        view_count,
        purchase_count,
        human_view_count,
        human_purchase_count,

        -- amounts
        list_price,
        price_sum,
        min_price,
        max_price,

        -- band
        {{ lowest_among_ties('price_tile', 'list_price', 'shop_id, category_code') }} as price_band
    from tiles

)

select * from final
