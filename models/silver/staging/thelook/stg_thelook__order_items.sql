-- One row per order item, as last exported: its status says whether it was kept.
-- An export may change what an older one says of any day: the table is replaced as one.
{{ config(materialized='incremental', unique_key='_version') }}

with

units as (

    {{ bronze_version(source('thelook', 'thelook__order_items')) }}

),

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
        order_items.order_item_id,
        order_items.order_id,
        order_items.user_id,
        order_items.product_id,
        order_items.inventory_item_id,

        -- strings
        {{ clean_text('order_items.status') }} as status,

        -- numerics
        order_items.sale_price,

        -- timestamps
        order_items.created_at,
        order_items.shipped_at,
        order_items.delivered_at,
        order_items.returned_at,

        order_items._batch_id,
        units._version
    from order_items
    cross join units

)

select * from final
