-- One row per purchase of shopping_trends: a sale of one piece.
with

purchases as (

    select * from {{ ref('stg_shopping_trends__purchases') }}

),

final as (

    select
        'shopping_trends' as shop_id,
        {{ not_recorded('order_items', except=['customer_id', 'unit_price']) }}
        purchase_id as order_item_id,
        purchase_id as order_id,
        customer_id,
        item_purchased as product_id,
        'sale' as line_type,
        true as is_sale,
        cast(1 as bigint) as quantity,
        purchase_amount as unit_price,
        purchase_amount as gross_amount,
        cast(0 as decimal(18, 4)) as returned_amount,
        cast(0 as decimal(18, 4)) as set_aside_amount
    from purchases

)

select * from final
