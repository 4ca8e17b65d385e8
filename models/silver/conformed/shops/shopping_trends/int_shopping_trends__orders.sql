-- One row per purchase of shopping_trends: that is its order. It has a season, but no date.
with

purchases as (

    select * from {{ ref('stg_shopping_trends__purchases') }}

),

final as (

    select
        'shopping_trends' as shop_id,
        {{ not_recorded('orders', except=[
            'customer_id', 'season', 'payment_method', 'shipping_type', 'purchase_frequency',
            'is_discount_applied', 'is_promo_code_used', 'review_rating'
        ]) }}
        purchase_id as order_id,
        customer_id,
        'Complete' as status,
        season,
        payment_method,
        shipping_type,
        purchase_frequency,
        is_discount_applied,
        is_promo_code_used,
        review_rating
    from purchases

)

select * from final
