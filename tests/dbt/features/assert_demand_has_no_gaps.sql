-- Each item has every day from its shop's first sale to the day as of which demand is written, and the
-- shop, its known categories and its known countries have all units sold on these days.
with

sales as (

    select
        order_items.shop_id,
        order_items.quantity,
        products.category,
        orders.country,
        cast(order_items.ordered_at as date) as demand_date,
        dates.as_of_date
    from {{ ref('int_order_items') }} as order_items
    inner join {{ ref('int_feature_dates') }} as dates
        on
            order_items.shop_id = dates.shop_id
            and cast(order_items.ordered_at as date) <= dates.as_of_date
    inner join {{ ref('int_products') }} as products
        on
            order_items.shop_id = products.shop_id
            and order_items.product_id = products.product_id
    left join {{ ref('int_orders') }} as orders
        on
            order_items.shop_id = orders.shop_id
            and order_items.order_id = orders.order_id
    where order_items.is_sale and dates.is_latest

),

shops as (

    select
        shop_id,
        datediff(max(as_of_date), min(demand_date)) + 1 as day_count
    from sales
    group by shop_id

),

sold as (

    select
        shop_id,
        stack(
            3,
            'category', sum(if(category is null, 0, quantity)),
            'country', sum(if(country is null, 0, quantity)),
            'shop', sum(quantity)
        ) as (level, unit_count)
    from sales
    group by shop_id

),

items as (

    select
        shop_id,
        level,
        item,
        count(*) as day_count
    from {{ ref('feat_daily_demand') }}
    group by shop_id, level, item

),

told as (

    select
        shop_id,
        level,
        sum(unit_count) as unit_count
    from {{ ref('feat_daily_demand') }}
    group by shop_id, level

)

select
    shops.shop_id,
    items.level,
    items.item,
    items.day_count as found_count,
    shops.day_count as expected_count
from shops
left join items on shops.shop_id = items.shop_id
where items.day_count is distinct from shops.day_count
union all
select
    sold.shop_id,
    sold.level,
    'units' as item,
    told.unit_count as found_count,
    sold.unit_count as expected_count
from sold
left join told on sold.shop_id = told.shop_id and sold.level = told.level
where coalesce(told.unit_count, 0) <> sold.unit_count
