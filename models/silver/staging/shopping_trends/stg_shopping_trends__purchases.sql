-- One row per distinct purchase: a customer, an item, and how it was bought. No dates.
with

purchases as (

    {{ distinct_rows(source('shopping_trends', 'shopping_trends__purchases'), [
        'customer_id', 'age', 'gender', 'item_purchased', 'category', 'purchase_amount',
        'location', 'size', 'color', 'season', 'review_rating', 'subscription_status',
        'shipping_type', 'discount_applied', 'promo_code_used', 'previous_purchases',
        'payment_method', 'purchase_frequency'
    ]) }}

),

final as (

    select
        -- ids
        customer_id || '-' || left(md5(to_json(struct(
            age, gender, item_purchased, category, purchase_amount, location, size, color, season,
            review_rating, subscription_status, shipping_type, discount_applied, promo_code_used,
            previous_purchases, payment_method, purchase_frequency
        ))), 12) as purchase_id,
        customer_id,

        -- strings
        trim(gender) as gender,
        trim(item_purchased) as item_purchased,
        trim(category) as category,
        trim(location) as location,
        trim(size) as size,
        trim(color) as color,
        trim(season) as season,
        trim(shipping_type) as shipping_type,
        trim(payment_method) as payment_method,
        trim(purchase_frequency) as purchase_frequency,

        -- numerics
        age,
        purchase_amount,
        review_rating,
        previous_purchases as previous_purchase_count,

        -- booleans
        {{ is_yes('subscription_status') }} as is_subscriber,
        {{ is_yes('discount_applied') }} as is_discount_applied,
        {{ is_yes('promo_code_used') }} as is_promo_code_used,

        _batch_id
    from purchases

)

select * from final
