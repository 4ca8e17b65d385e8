-- One row per shop, segment of customers and product: what the segment is likely to rate it.
with

predicted_ratings as (

    select * from {{ source('ml', 'predicted_ratings') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

final as (

    select
        -- ids
        predicted_ratings.shop_id,
        predicted_ratings.segment,
        predicted_ratings.product_key,

        -- the product
        products.product_name,
        products.category,

        -- numerics
        predicted_ratings.rating_count,
        predicted_ratings.predicted_rating,

        -- why
        predicted_ratings.source
    from predicted_ratings
    inner join products on predicted_ratings.product_key = products.product_key

)

select * from final
