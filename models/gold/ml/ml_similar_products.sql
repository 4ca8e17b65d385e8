-- One row per shop, product, kind of likeness and place among the products that are alike in that way.
with

similar_products as (

    select * from {{ source('ml', 'similar_products') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

final as (

    select
        -- ids
        similar_products.shop_id,
        similar_products.product_key,
        similar_products.source,
        similar_products.rank,
        similar_products.similar_product_key,

        -- the two products
        products.product_name,
        neighbours.product_name as similar_product_name,

        -- numerics
        similar_products.score
    from similar_products
    inner join products on similar_products.product_key = products.product_key
    inner join products as neighbours on similar_products.similar_product_key = neighbours.product_key

)

select * from final
