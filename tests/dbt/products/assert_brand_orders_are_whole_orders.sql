-- The orders with a brand, and what they come to, counted again from the facts: each order once for
-- every brand of which it holds a sale, with the amount of all its lines.
with

sales as (

    select
        order_items.shop_id,
        order_items.order_key,
        products.brand,
        sum(order_items.gross_amount) over (partition by order_items.order_key) as order_amount
    from {{ ref('fct_order_items') }} as order_items
    inner join {{ ref('dim_products') }} as products on order_items.product_key = products.product_key
    where order_items.is_sale

),

brands as (

    select
        shop_id,
        brand,
        count(*) as order_count,
        sum(order_amount) as order_gross_amount
    from (
        select distinct
            shop_id,
            order_key,
            brand,
            order_amount
        from sales
        where brand is not null
    ) as brand_orders
    group by shop_id, brand

),

reported as (

    select * from {{ ref('rpt_brand_performance') }}
    where order_count > 0

)

select
    coalesce(brands.shop_id, reported.shop_id) as shop_id,
    coalesce(brands.brand, reported.brand) as brand,
    brands.order_count as counted,
    reported.order_count as reported_count,
    brands.order_gross_amount as summed,
    reported.order_gross_amount as reported_amount
from brands
full outer join reported
    on
        brands.shop_id = reported.shop_id
        and brands.brand = reported.brand
where
    brands.order_count is distinct from reported.order_count
    or abs(brands.order_gross_amount - reported.order_gross_amount) > 0.005
