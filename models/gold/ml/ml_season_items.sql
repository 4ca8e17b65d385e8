-- One row per shop, customer, season and rank: the items that the customer is likeliest to buy then.
with

season_items as (

    select * from {{ source('ml', 'season_items') }}

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
        season_items.shop_id,
        season_items.customer_key,
        customers.customer_id,
        season_items.season,
        season_items.item_rank,
        season_items.product_key,
        products.product_id,

        -- strings
        products.product_name,
        products.category,
        season_items.source,

        -- numerics
        season_items.score
    from season_items
    inner join customers on season_items.customer_key = customers.customer_key
    inner join products on season_items.product_key = products.product_key

)

select * from final
