-- One row: what bronze holds of shopping_trends, straight from it, for the reconciliation with gold.
with

purchases as (

    select distinct
        customer_id,
        age,
        gender,
        item_purchased,
        category,
        purchase_amount,
        location,
        size,
        color,
        season,
        review_rating,
        subscription_status,
        shipping_type,
        discount_applied,
        promo_code_used,
        previous_purchases,
        payment_method,
        purchase_frequency
    from {{ source('shopping_trends', 'shopping_trends__purchases') }}
    where
        {{ is_loaded_and_clean() }}

),

final as (

    select
        'shopping_trends' as shop_id,
        count(*) as line_count,
        {{ line_amount('sum(purchase_amount)') }} as line_amount,
        cast(null as bigint) as event_count
    from purchases

)

select * from final
