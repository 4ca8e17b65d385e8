-- One row per variant of shopify, by its SKU, also those that only orders tell of. What the first variant
-- of a product says is true of all.
with

products as (

    select
        product_id as sku,
        max(title) over (partition by handle) as title,
        max(product_type) over (partition by handle) as product_type,
        max(vendor) over (partition by handle) as vendor,
        max(product_category) over (partition by handle) as product_category,
        option1_value,
        variant_price,
        cost_per_item
    from {{ ref('stg_shopify__products') }}

),

variants as (

    select
        sku as product_id,
        max(title) || coalesce(' - ' || max(option1_value), '') as product_name,
        max(product_type) as category,
        max(vendor) as brand,
        split_part(max(product_category), ' > ', 1) as department,
        max(variant_price) as list_price,
        max(cost_per_item) as unit_cost
    from products
    where sku is not null
    group by sku

),

seen as (

    select
        {{ shopify_product_id() }} as product_id,
        max(lineitem_name) as seen_name,
        max(vendor) as seen_vendor
    from {{ ref('stg_shopify__orders') }}
    group by {{ shopify_product_id() }}

),

final as (

    select
        'shopify' as shop_id,
        {{ not_recorded('products', except=[
            'product_name', 'category', 'category_code', 'brand', 'department', 'list_price',
            'unit_cost'
        ]) }}
        coalesce(variants.product_id, seen.product_id) as product_id,
        coalesce(variants.product_name, seen.seen_name) as product_name,
        variants.category,
        variants.category as category_code,
        coalesce(variants.brand, seen.seen_vendor) as brand,
        variants.department,
        variants.list_price,
        variants.unit_cost
    from variants
    full outer join seen on variants.product_id = seen.product_id

)

select * from final
