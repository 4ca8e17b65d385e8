-- One row per shop, customer and place in the list of categories that they are likely to buy next.
with

next_categories as (

    select * from {{ source('ml', 'next_categories') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

final as (

    select
        -- ids
        next_categories.shop_id,
        next_categories.customer_key,
        customers.customer_id,
        next_categories.rank,
        next_categories.category,

        -- why
        next_categories.score,
        next_categories.source
    from next_categories
    inner join customers on next_categories.customer_key = customers.customer_key

)

select * from final
