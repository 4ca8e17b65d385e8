-- One row per shop, customer and place in the list of products that they are likely to buy next.
with

recommendations as (

    select * from {{ source('ml', 'recommendations') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

final as (

    select
        -- ids
        recommendations.shop_id,
        recommendations.customer_key,
        customers.customer_id,
        recommendations.rank,
        recommendations.product_key,
        products.product_id,

        -- the product
        products.product_name,
        products.brand,
        products.category,

        -- why
        recommendations.score,
        recommendations.source
    from recommendations
    inner join customers on recommendations.customer_key = customers.customer_key
    inner join products on recommendations.product_key = products.product_key

)

select * from final
