-- One row per order of thelook, also those that only their items tell of.
with

orders as (

    select * from {{ ref('stg_thelook__orders') }}

),

order_items as (

    select
        order_id,
        min(user_id) as user_id,
        min(created_at) as created_at,
        max_by(status, order_item_id) as status
    from {{ ref('stg_thelook__order_items') }}
    group by order_id

),

users as (

    select * from {{ ref('stg_thelook__users') }}

),

joined as (

    select
        coalesce(orders.order_id, order_items.order_id) as order_id,
        coalesce(orders.user_id, order_items.user_id) as user_id,
        coalesce(orders.created_at, order_items.created_at) as ordered_at,
        coalesce(orders.status, order_items.status) as status
    from orders
    full outer join order_items on orders.order_id = order_items.order_id

),

final as (

    select
        'thelook' as shop_id,
        {{ not_recorded('orders', except=['customer_id', 'ordered_at', 'country', 'season']) }}
        joined.order_id,
        joined.user_id as customer_id,
        joined.ordered_at,
        joined.status,
        users.country,
        {{ season('joined.ordered_at') }} as season
    from joined
    left join users on joined.user_id = users.user_id

)

select * from final
