-- One row per product of shopify, also those that only other tables tell of.
with

products as (

    select
        product_id,
        max(title) as title,
        max(type) as type,
        max(vendor) as vendor,
        max(variant_price) as variant_price,
        max(cost_per_item) as cost_per_item,
        max(product_category) as product_category
    from {{ ref('stg_shopify__products') }}
    group by product_id

),

seen as (

    select distinct product_id from {{ ref('stg_shopify__orders') }}

),

final as (

    select
        'shopify' as shop_id,
        {{ not_recorded('products', except=[
            'product_name', 'category', 'brand', 'list_price', 'unit_cost', 'department',
            'category_code'
        ]) }}
        product_id,
        products.title as product_name,
        products.type as category,
        products.vendor as brand,
        products.variant_price as list_price,
        products.cost_per_item as unit_cost,
        products.product_category as department,
        products.type as category_code
    from products
    full outer join seen using (product_id)
    where product_id is not null

)

select * from final
