-- One row per shop and order. Amounts may be summed; orders without a sale have gross_amount 0.
with

orders as (

    select * from {{ ref('int_orders') }}

),

robots as (

    select * from {{ ref('int_robots') }}

),

final as (

    select
        -- ids
        orders.shop_id,
        {{ entity_key('orders.order_id', 'orders.shop_id') }} as order_key,
        orders.order_id,
        {{ entity_key('orders.customer_id', 'orders.shop_id') }} as customer_key,

        -- strings
        orders.status,
        orders.country,
        orders.season,
        orders.payment_method,
        orders.shipping_type,
        orders.purchase_frequency,
        orders.currency_code,

        -- numerics
        orders.item_count,
        orders.unit_count,
        {{ amount('orders.gross_amount') }} as gross_amount,
        {{ amount('orders.returned_amount') }} as returned_amount,
        {{ rounded_net_amount('orders.gross_amount', 'orders.returned_amount') }} as net_amount,
        {{ amount('orders.set_aside_amount') }} as set_aside_amount,
        {{ amount('orders.other_currency_amount') }} as other_currency_amount,
        {{ amount('orders.discount_amount') }} as discount_amount,
        {{ amount('orders.tax_amount') }} as tax_amount,
        {{ amount('orders.shipping_amount') }} as shipping_amount,
        orders.review_rating,

        -- booleans
        orders.has_sale,
        orders.is_other_currency,
        robots.shop_id is not null as is_robot,
        orders.is_discount_applied,
        orders.is_promo_code_used,

        -- dates and timestamps
        orders.ordered_at,
        orders.order_date
    from orders
    left join robots
        on
            orders.shop_id = robots.shop_id
            and orders.customer_id = robots.customer_id

)

select * from final
