-- One row per order line of shopify. What was taken off an order, and what was refunded of it, the export
-- says of the order alone: each line has its part, in proportion to what it costs.
with

order_items as (

    select * from {{ ref('stg_shopify__orders') }}

),

orders as (

    select * from {{ ref('int_shopify__orders') }}

),

products as (

    select * from {{ ref('int_shopify__products') }}

),

of_orders as (

    select
        *,
        {{ shopify_product_id() }} as sold_product_id,
        {{ line_amount('lineitem_quantity * coalesce(lineitem_price, 0)') }} as listed,
        max(discount_amount) over (partition by order_id) as order_discount,
        max(refunded_amount) over (partition by order_id) as order_refund,
        max(fulfilled_at) over (partition by order_id) as order_fulfilled_at,
        max(cancelled_at) over (partition by order_id) as order_cancelled_at
    from order_items

),

sold as (

    select
        *,
        listed - {{ part_of_order('order_discount', 'listed') }} as worth
    from of_orders

),

refunded as (

    select
        *,
        {{ part_of_order('order_refund', 'worth') }} as refund
    from sold

),

final as (

    select
        'shopify' as shop_id,
        {{ not_recorded('order_items', except=[
            'customer_id', 'unit_price', 'cost_amount', 'returned_at', 'shipped_at'
        ]) }}
        refunded.order_item_id,
        refunded.order_id,
        orders.customer_id,
        refunded.sold_product_id as product_id,
        case orders.status
            when 'voided' then 'cancelled'
            when 'refunded' then 'return'
            else 'sale'
        end as line_type,
        orders.status <> 'voided' as is_sale,
        cast(refunded.lineitem_quantity as bigint) as quantity,
        refunded.lineitem_price as unit_price,
        {{ line_amount("if(orders.status = 'voided', 0, refunded.worth)") }} as gross_amount,
        {{ line_amount("if(orders.status = 'voided', 0, refunded.refund)") }} as returned_amount,
        {{ line_amount("if(orders.status = 'voided', refunded.worth, 0)") }} as set_aside_amount,
        {{ line_amount(
            "if(orders.status in ('voided', 'refunded'), 0, refunded.lineitem_quantity * products.unit_cost)"
        ) }} as cost_amount,
        if(orders.status = 'refunded', refunded.order_cancelled_at, null) as returned_at,
        refunded.order_fulfilled_at as shipped_at
    from refunded
    left join orders on refunded.order_id = orders.order_id
    left join products on refunded.product_id = products.product_id

)

select * from final
