-- One row per physical item of thelook that was ever in stock.
with

inventory_items as (

    select * from {{ ref('stg_thelook__inventory_items') }}

),

final as (

    select
        'thelook' as shop_id,
        {{ not_recorded('inventory_items', except=[
            'stocked_at', 'sold_at', 'cost'
        ]) }}
        inventory_item_id,
        product_id,
        created_at as stocked_at,
        sold_at,
        cost
    from inventory_items

)

select * from final
