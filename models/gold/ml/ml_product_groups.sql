-- One row per shop and product with a name, brand or category: its group, and who told it.
with

labels as (

    select * from {{ source('ml', 'product_groups') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

groups as (

    select * from {{ ref('product_groups') }}

),

final as (

    select
        -- ids
        labels.shop_id,
        labels.product_key,
        products.product_id,

        -- strings
        products.product_name,
        labels.product_group,
        groups.group_name,
        labels.tier,

        -- numerics
        labels.confidence
    from labels
    inner join products on labels.product_key = products.product_key
    inner join groups on labels.product_group = groups.group_id

)

select * from final
