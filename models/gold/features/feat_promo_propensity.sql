-- One row per shop and order that says whether a promo code was used: what was known of it besides.
-- Whether a discount was applied is left out: it equals the target in every row.
with

orders as (

    select * from {{ ref('int_order_attributes') }}
    where is_promo_code_used is not null

),

final as (

    select
        -- ids
        shop_id,
        {{ entity_key('order_id') }} as order_key,
        {{ entity_key('customer_id') }} as customer_key,

        -- the customer
        gender,
        age,
        age_band,
        state,
        is_subscriber,
        previous_purchase_count,
        purchase_frequency,

        -- the purchase
        product_id as item,
        category,
        size,
        color,
        season,
        {{ amount('purchase_amount') }} as purchase_amount,
        shipping_type,
        payment_method,
        review_rating,

        -- the target
        is_promo_code_used
    from orders

)

select * from final
