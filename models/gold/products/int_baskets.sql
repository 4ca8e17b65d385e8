-- One row per shop, level, basket and item: what was bought together, each item once.
-- A basket is an order; for categories of shops with one item per order it is a customer.
with

sales as (

    select * from {{ ref('int_order_items') }}
    where is_sale

),

products as (

    select * from {{ ref('dim_products') }}

),

product_baskets as (

    select distinct
        shop_id,
        'product' as level,
        'order' as basis,
        order_id as basket_id,
        product_id as item
    from sales
    where {{ not_in_shops(var('customer_basket_shops'), 'shop_id') }}

),

category_baskets as (

    select distinct
        sales.shop_id,
        'category' as level,
        case
            when {{ not_in_shops(var('customer_basket_shops'), 'sales.shop_id') }} then 'order'
            else 'customer'
        end as basis,
        case
            when {{ not_in_shops(var('customer_basket_shops'), 'sales.shop_id') }} then sales.order_id
            else sales.customer_id
        end as basket_id,
        products.category as item
    from sales
    inner join products
        on
            sales.shop_id = products.shop_id
            and sales.product_id = products.product_id
    where products.category is not null

),

final as (

    select * from product_baskets
    union all
    select * from category_baskets
    where basket_id is not null

)

select * from final
