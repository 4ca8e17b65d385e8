-- One row per order item, as last exported: its status says whether it was kept.
with

distinct_order_items as (

    {{ distinct_rows(source('thelook', 'thelook__order_items'), [
        'order_item_id', 'order_id', 'user_id', 'product_id', 'inventory_item_id', 'status',
        'created_at', 'shipped_at', 'delivered_at', 'returned_at', 'sale_price'
    ]) }}

),

order_items as (

    {{ newest_rows('distinct_order_items', 'order_item_id') }}

),

final as (

    select
        -- ids
        order_item_id,
        order_id,
        user_id,
        product_id,
        inventory_item_id,

        -- strings
        {{ clean_text('status') }} as status,

        -- numerics
        sale_price,

        -- timestamps
        created_at,
        shipped_at,
        delivered_at,
        returned_at,

        _batch_id
    from order_items

)

select * from final
