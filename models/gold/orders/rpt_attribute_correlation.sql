-- One row per shop and pair of attributes of its orders: how far they move together.
-- Only shops whose orders come with attributes; yes counts as 1, no as 0.
with

orders as (

    select * from {{ ref('int_order_attributes') }}

),

attributes as (

    select
        shop_id,
        order_id,
        stack(
            7,
            'age', cast(age as double),
            'previous_purchases', cast(previous_purchase_count as double),
            'purchase_amount', cast(purchase_amount as double),
            'review_rating', cast(review_rating as double),
            'is_subscriber', cast(cast(is_subscriber as int) as double),
            'is_discount_applied', cast(cast(is_discount_applied as int) as double),
            'is_promo_code_used', cast(cast(is_promo_code_used as int) as double)
        ) as (attribute, value)
    from orders

),

known as (

    select * from attributes
    where value is not null

),

pairs as (

    select
        a.shop_id,
        a.attribute as attribute_a,
        b.attribute as attribute_b,
        count(*) as order_count,
        -- corr() would divide by 0 for an attribute that never varies, an error with ANSI mode on
        try_divide(
            covar_pop(a.value, b.value), sqrt(var_pop(a.value) * var_pop(b.value))
        ) as pearson_r
    from known as a
    inner join known as b
        on
            a.shop_id = b.shop_id
            and a.order_id = b.order_id
            and a.attribute < b.attribute
    group by a.shop_id, a.attribute, b.attribute

),

final as (

    select
        -- ids
        shop_id,
        attribute_a,
        attribute_b,

        -- numerics
        order_count,
        -- sums of doubles may pass 1 by a hair; an attribute that never varies has none
        if(pearson_r is null, null, greatest(-1.0D, least(1.0D, pearson_r))) as pearson_r
    from pairs

)

select * from final
