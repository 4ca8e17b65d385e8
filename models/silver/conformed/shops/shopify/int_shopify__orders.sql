-- One row per order of shopify: its rows are its lines, and what any of them says of it counts.
with

orders as (

    select
        order_id,
        max(customer_id) as customer_id,
        max(created_at) as created_at,
        max(financial_status) as financial_status,
        max(shipping_country) as shipping_country,
        max(payment_method) as payment_method,
        max(shipping_method) as shipping_method,
        max(currency) as currency,
        max(discount_amount) as discount_amount,
        max(taxes) as taxes,
        max(shipping) as shipping
    from {{ ref('stg_shopify__orders') }}
    group by order_id

),

final as (

    select
        'shopify' as shop_id,
        {{ not_recorded('orders', except=[
            'customer_id', 'ordered_at', 'country', 'payment_method', 'shipping_type',
            'currency_code', 'discount_amount', 'tax_amount', 'shipping_amount', 'season'
        ]) }}
        order_id,
        customer_id,
        created_at as ordered_at,
        coalesce(financial_status, 'Complete') as status,
        shipping_country as country,
        payment_method,
        shipping_method as shipping_type,
        upper(currency) as currency_code,
        discount_amount,
        taxes as tax_amount,
        shipping as shipping_amount,
        {{ season('created_at') }} as season
    from orders
    where order_id is not null

)

select * from final
