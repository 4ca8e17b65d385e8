-- One row per order, as last exported.
with

distinct_orders as (

    {{ distinct_rows(source('thelook', 'thelook__orders'), [
        'order_id', 'user_id', 'status', 'gender', 'created_at', 'returned_at',
        'shipped_at', 'delivered_at', 'item_count'
    ]) }}

),

orders as (

    {{ newest_rows('distinct_orders', 'order_id') }}

),

final as (

    select
        -- ids
        order_id,
        user_id,

        -- strings
        {{ clean_text('status') }} as status,

        -- numerics
        item_count,

        -- timestamps
        created_at,
        shipped_at,
        delivered_at,
        returned_at,

        _batch_id
    from orders

)

select * from final
