-- One row per physical item that was ever in stock, as last exported.
with

distinct_inventory_items as (

    {{ distinct_rows(source('thelook', 'thelook__inventory_items'), [
        'inventory_item_id', 'product_id', 'created_at', 'sold_at', 'cost',
        'product_category', 'product_name', 'product_brand', 'product_retail_price',
        'product_department', 'product_sku', 'product_distribution_center_id'
    ]) }}

),

inventory_items as (

    {{ newest_rows('distinct_inventory_items', 'inventory_item_id') }}

),

final as (

    select
        -- ids
        inventory_item_id,
        product_id,
        product_distribution_center_id as distribution_center_id,

        -- numerics
        cost,

        -- timestamps
        created_at,
        sold_at,

        _batch_id
    from inventory_items

)

select * from final
