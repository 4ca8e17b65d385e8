-- One row per shop and order. Amounts may be summed; orders without a sale have gross_amount 0.
with

orders as (

    select * from {{ ref('int_orders') }}

),

final as (

    select
        -- ids
        shop_id,
        {{ entity_key('order_id') }} as order_key,
        order_id,
        {{ entity_key('customer_id') }} as customer_key,

        -- strings
        status,
        country,
        season,
        payment_method,
        shipping_type,
        purchase_frequency,

        -- numerics
        item_count,
        unit_count,
        {{ amount('gross_amount') }} as gross_amount,
        {{ amount('returned_amount') }} as returned_amount,
        {{ amount(amount('gross_amount') ~ ' - ' ~ amount('returned_amount')) }} as net_amount,
        {{ amount('set_aside_amount') }} as set_aside_amount,
        review_rating,

        -- booleans
        has_sale,
        is_discount_applied,
        is_promo_code_used,

        -- dates and timestamps
        ordered_at,
        order_date
    from orders

)

select * from final
