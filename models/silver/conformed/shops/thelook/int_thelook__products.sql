-- One row per product of thelook, also those that only orders, stock and events tell of.
with

products as (

    select * from {{ ref('stg_thelook__products') }}

),

seen as (

    select product_id from {{ ref('stg_thelook__order_items') }}
    union
    select product_id from {{ ref('stg_thelook__inventory_items') }}
    union
    select product_id from {{ ref('int_thelook__events') }}

),

final as (

    select
        'thelook' as shop_id,
        {{ not_recorded('products', except=[
            'product_name', 'category', 'category_code', 'brand', 'department', 'list_price',
            'unit_cost'
        ]) }}
        coalesce(products.product_id, seen.product_id) as product_id,
        products.product_name,
        products.category,
        products.category as category_code,
        products.brand,
        products.department,
        products.retail_price as list_price,
        products.cost as unit_cost
    from products
    full outer join seen on products.product_id = seen.product_id
    where coalesce(products.product_id, seen.product_id) is not null

)

select * from final
