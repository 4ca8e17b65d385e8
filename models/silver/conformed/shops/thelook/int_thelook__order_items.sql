-- One row per order item of thelook: cancelled ones are set aside, returned ones are sold and returned.
with

order_items as (

    select * from {{ ref('stg_thelook__order_items') }}

),

products as (

    select * from {{ ref('stg_thelook__products') }}

),

final as (

    select
        'thelook' as shop_id,
        {{ not_recorded('order_items', except=[
            'customer_id', 'unit_price', 'cost_amount', 'returned_at', 'shipped_at', 'delivered_at',
            'distribution_center_id'
        ]) }}
        order_items.order_item_id,
        order_items.order_id,
        order_items.user_id as customer_id,
        order_items.product_id,
        case order_items.status
            when 'Cancelled' then 'cancelled'
            when 'Returned' then 'return'
            else 'sale'
        end as line_type,
        order_items.status <> 'Cancelled' as is_sale,
        cast(1 as bigint) as quantity,
        order_items.sale_price as unit_price,
        if(order_items.status <> 'Cancelled', order_items.sale_price, 0) as gross_amount,
        if(order_items.status = 'Returned', order_items.sale_price, 0) as returned_amount,
        if(order_items.status = 'Cancelled', order_items.sale_price, 0) as set_aside_amount,
        if(order_items.status in ('Cancelled', 'Returned'), 0, products.cost) as cost_amount,
        if(order_items.status = 'Returned', order_items.returned_at, null) as returned_at,
        order_items.shipped_at,
        order_items.delivered_at,
        products.distribution_center_id
    from order_items
    left join products on order_items.product_id = products.product_id

)

select * from final
