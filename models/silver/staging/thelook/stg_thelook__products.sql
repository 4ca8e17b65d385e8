-- One row per product of the catalogue, as last exported.
with

distinct_products as (

    {{ distinct_rows(source('thelook', 'thelook__products'), [
        'product_id', 'cost', 'category', 'product_name', 'brand', 'retail_price',
        'department', 'sku', 'distribution_center_id'
    ]) }}

),

products as (

    {{ newest_rows('distinct_products', 'product_id') }}

),

final as (

    select
        -- ids
        product_id,
        distribution_center_id,

        -- strings
        {{ clean_text('product_name') }} as product_name,
        {{ clean_text('category') }} as category,
        {{ clean_text('brand') }} as brand,
        {{ clean_text('department') }} as department,
        {{ clean_text('sku') }} as sku,

        -- numerics
        cost,
        retail_price,

        _batch_id
    from products

)

select * from final
