-- One row per order of shopify: its rows are its lines, and its first one says what is true of it.
with

orders as (

    select
        order_id,
        max(lower(email)) as email,
        max(created_at) as created_at,
        max(financial_status) as financial_status,
        max(shipping_country) as shipping_country,
        max(payment_method) as payment_method,
        max(shipping_method) as shipping_method,
        max(currency) as currency,
        max(discount_code) as discount_code,
        max(discount_amount) as discount_amount,
        max(taxes) as taxes,
        max(shipping) as shipping
    from {{ ref('stg_shopify__orders') }}
    group by order_id

),

-- an order knows its customer by e-mail only
customers as (

    select
        lower(email) as email,
        min({{ shopify_id('customer_id') }}) as customer_id
    from {{ ref('stg_shopify__customers') }}
    group by lower(email)

),

final as (

    select
        'shopify' as shop_id,
        {{ not_recorded('orders', except=[
            'customer_id', 'ordered_at', 'country', 'payment_method', 'shipping_type',
            'is_discount_applied', 'is_promo_code_used', 'currency_code', 'discount_amount',
            'tax_amount', 'shipping_amount', 'season'
        ]) }}
        orders.order_id,
        coalesce(customers.customer_id, {{ guest_id('orders.email') }}) as customer_id,
        orders.created_at as ordered_at,
        coalesce(orders.financial_status, 'Complete') as status,
        orders.shipping_country as country,
        orders.payment_method,
        orders.shipping_method as shipping_type,
        orders.discount_amount > 0 as is_discount_applied,
        orders.discount_code is not null as is_promo_code_used,
        upper(orders.currency) as currency_code,
        orders.discount_amount,
        orders.taxes as tax_amount,
        orders.shipping as shipping_amount,
        {{ season('orders.created_at') }} as season
    from orders
    left join customers on orders.email = customers.email

)

select * from final
