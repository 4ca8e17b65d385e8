-- One row per shop, known customer, category code and brand (null where there is none): how often
-- the customer met its products, and who is first.
with

interactions as (

    select * from {{ ref('int_interactions') }}
    where customer_id is not null

),

products as (

    select * from {{ ref('int_products') }}
    where category_code is not null

),

engagement as (

    select
        interactions.shop_id,
        interactions.customer_id,
        products.category_code,
        products.brand,
        sum(interactions.interaction_count) as interaction_count
    from interactions
    inner join products
        on
            interactions.shop_id = products.shop_id
            and interactions.product_id = products.product_id
    group by interactions.shop_id, interactions.customer_id, products.category_code, products.brand

),

final as (

    select
        -- ids
        shop_id,
        {{ entity_key('customer_id') }} as customer_key,
        customer_id,

        -- strings
        category_code,
        brand,

        -- counts
        interaction_count,

        -- ranks
        row_number() over (
            partition by shop_id, customer_id
            order by interaction_count desc, category_code asc, brand asc
        ) as customer_rank,
        row_number() over (
            partition by shop_id, category_code
            order by interaction_count desc, customer_id asc, brand asc
        ) as category_rank
    from engagement

)

select * from final
