-- One row per physical item of thelook that was ever in stock.
with

inventory_items as (

    select * from {{ ref('stg_thelook__inventory_items') }}

),

products as (

    select * from {{ ref('stg_thelook__products') }}

),

final as (

    select
        'thelook' as shop_id,
        {{ not_recorded('inventory_items', except=[
            'distribution_center_id', 'stocked_at', 'sold_at', 'cost'
        ]) }}
        inventory_items.inventory_item_id,
        inventory_items.product_id,
        -- the item's own, before the one that ships its product
        coalesce(inventory_items.distribution_center_id, products.distribution_center_id)
            as distribution_center_id,
        inventory_items.created_at as stocked_at,
        inventory_items.sold_at,
        inventory_items.cost
    from inventory_items
    left join products on inventory_items.product_id = products.product_id

)

select * from final
