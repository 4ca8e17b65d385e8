-- One row per shop and order line: every line that arrived, sold, returned or set aside.
with

order_items as (

    {{ union_shops('order_items') }}

),

orders as (

    {{ union_shops('orders') }}

),

final as (

    select
        -- ids
        order_items.shop_id,
        order_items.order_item_id,
        order_items.order_id,
        order_items.customer_id,
        order_items.product_id,
        order_items.distribution_center_id,

        -- strings
        order_items.line_type,
        orders.country,
        orders.season,

        -- numerics
        order_items.quantity,
        {{ line_amount('order_items.unit_price') }} as unit_price,
        {{ line_amount('order_items.gross_amount') }} as gross_amount,
        {{ line_amount('order_items.returned_amount') }} as returned_amount,
        {{ line_amount('order_items.gross_amount - order_items.returned_amount') }} as net_amount,
        {{ line_amount('order_items.set_aside_amount') }} as set_aside_amount,
        {{ line_amount('order_items.cost_amount') }} as cost_amount,
        {{ line_amount(
            'order_items.gross_amount - order_items.returned_amount - order_items.cost_amount'
        ) }} as margin_amount,

        -- booleans
        order_items.is_sale,

        -- timestamps: the line's own, where the shop gives one
        coalesce(order_items.ordered_at, orders.ordered_at) as ordered_at,
        -- when it came back; a return without a time of its own counts from the order on
        if(
            order_items.returned_amount > 0,
            coalesce(order_items.returned_at, order_items.ordered_at, orders.ordered_at),
            null
        ) as returned_at,
        order_items.shipped_at,
        order_items.delivered_at
    from order_items
    left join orders
        on
            order_items.shop_id = orders.shop_id
            and order_items.order_id = orders.order_id

)

select * from final
