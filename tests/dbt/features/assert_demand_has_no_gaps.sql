-- Each item has every day from its shop's first sale to the day as of which demand is written, and the
-- categories together have all units sold of known categories on these days.
with

sales as (

    select
        order_items.shop_id,
        order_items.quantity,
        products.category,
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
    where order_items.is_sale and dates.is_latest

),

shops as (

    select
        shop_id,
        datediff(max(as_of_date), min(demand_date)) + 1 as day_count,
        sum(if(category is null, 0, quantity)) as category_unit_count
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

category_units as (

    select
        shop_id,
        sum(if(level = 'category', unit_count, 0)) as unit_count
    from {{ ref('feat_daily_demand') }}
    group by shop_id

)

select
    shops.shop_id,
    items.level,
    items.item,
    items.day_count,
    shops.day_count as expected_day_count
from shops
left join items on shops.shop_id = items.shop_id
where items.day_count is distinct from shops.day_count
union all
select
    shops.shop_id,
    'category' as level,
    'all' as item,
    category_units.unit_count as day_count,
    shops.category_unit_count as expected_day_count
from shops
left join category_units on shops.shop_id = category_units.shop_id
where category_units.unit_count is distinct from shops.category_unit_count
