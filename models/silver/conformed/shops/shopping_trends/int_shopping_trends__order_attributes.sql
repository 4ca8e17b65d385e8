-- One row per order of shopping_trends, with all that its row says of the customer and the purchase.
-- The customer's age and the like are those of this row, not of the customer's latest one.
with

purchases as (

    select * from {{ ref('stg_shopping_trends__purchases') }}

),

final as (

    select
        -- ids
        'shopping_trends' as shop_id,
        {{ not_recorded('order_attributes', except=[
            'customer_id', 'product_id', 'gender', 'age_band', 'state', 'category', 'size',
            'color', 'season', 'shipping_type', 'payment_method', 'purchase_frequency', 'age',
            'previous_purchase_count', 'purchase_amount', 'review_rating', 'is_subscriber',
            'is_discount_applied', 'is_promo_code_used'
        ]) }}
        purchase_id as order_id,
        customer_id,
        item_purchased as product_id,

        -- strings
        gender,
        {{ age_band('age') }} as age_band,
        location as state,
        category,
        size,
        color,
        season,
        shipping_type,
        payment_method,
        purchase_frequency,

        -- numerics
        age,
        previous_purchase_count,
        purchase_amount,
        review_rating,

        -- booleans
        is_subscriber,
        is_discount_applied,
        is_promo_code_used
    from purchases

)

select * from final
