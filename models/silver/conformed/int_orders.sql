-- One row per shop and order, with the sums of its lines. An order has a sale if any of its lines does.
with

orders as (

    {{ union_shops('orders') }}

),

shops as (

    select * from {{ ref('shops') }}

),

order_items as (

    select
        shop_id,
        order_id,
        {{ count_where('is_sale') }} as item_count,
        sum(if(is_sale, quantity, 0)) as unit_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        sum(net_amount) as net_amount,
        sum(set_aside_amount) as set_aside_amount,
        sum(other_currency_amount) as other_currency_amount,
        {{ known_cost_measures() }}
    from {{ ref('int_order_items') }}
    group by shop_id, order_id

),

final as (

    select
        -- ids
        orders.shop_id,
        orders.order_id,
        orders.customer_id,

        -- strings
        orders.status,
        orders.country,
        orders.season,
        orders.payment_method,
        orders.shipping_type,
        orders.purchase_frequency,
        orders.currency_code,

        -- numerics
        coalesce(order_items.item_count, 0) as item_count,
        coalesce(order_items.unit_count, 0) as unit_count,
        {{ line_amount('coalesce(order_items.gross_amount, 0)') }} as gross_amount,
        {{ line_amount('coalesce(order_items.returned_amount, 0)') }} as returned_amount,
        {{ line_amount('coalesce(order_items.net_amount, 0)') }} as net_amount,
        {{ line_amount('coalesce(order_items.set_aside_amount, 0)') }} as set_aside_amount,
        {{ line_amount('coalesce(order_items.other_currency_amount, 0)') }} as other_currency_amount,
        {{ line_amount('order_items.cost_amount') }} as cost_amount,
        {{ line_amount('coalesce(order_items.known_cost_gross_amount, 0)') }} as known_cost_gross_amount,
        {{ line_amount('coalesce(order_items.known_cost_returned_amount, 0)') }} as known_cost_returned_amount,
        {{ own_currency_amount('discount_amount') }} as discount_amount,
        {{ own_currency_amount('tax_amount') }} as tax_amount,
        {{ own_currency_amount('shipping_amount') }} as shipping_amount,
        orders.review_rating,

        -- booleans
        coalesce(order_items.item_count, 0) > 0 as has_sale,
        {{ is_other_currency() }} as is_other_currency,
        orders.is_discount_applied,
        orders.is_promo_code_used,

        -- dates and timestamps
        orders.ordered_at,
        cast(orders.ordered_at as date) as order_date
    from orders
    left join order_items
        on
            orders.shop_id = order_items.shop_id
            and orders.order_id = order_items.order_id
    left join shops on orders.shop_id = shops.shop_id

)

select * from final
