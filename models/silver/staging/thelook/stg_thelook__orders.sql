-- One row per order, as last exported.
-- An export may change what an older one says of any day: the table is replaced as one.
{{ config(materialized='incremental', unique_key='_version') }}

with

units as (

    {{ bronze_version(source('thelook', 'thelook__orders')) }}

),

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
        orders.order_id,
        orders.user_id,

        -- strings
        {{ clean_text('orders.status') }} as status,

        -- numerics
        orders.item_count,

        -- timestamps
        orders.created_at,
        orders.shipped_at,
        orders.delivered_at,
        orders.returned_at,

        orders._batch_id,
        units._version
    from orders
    cross join units

)

select * from final
