-- One row per shop, customer (null where not known), category code and brand (null where a product has
-- none): how often the customer met such products.
with

events as (

    select * from {{ ref('int_events') }}
    where product_id is not null

),

products as (

    select * from {{ ref('int_products') }}

),

-- By product first, so that events are neither joined nor sorted.
product_interactions as (

    select
        shop_id,
        customer_id,
        product_id,
        count(*) as interaction_count
    from events
    group by shop_id, customer_id, product_id

),

final as (

    select
        product_interactions.shop_id,
        product_interactions.customer_id,
        products.category_code,
        products.brand,
        sum(product_interactions.interaction_count) as interaction_count
    from product_interactions
    left join products
        on
            product_interactions.shop_id = products.shop_id
            and product_interactions.product_id = products.product_id
    group by
        product_interactions.shop_id, product_interactions.customer_id, products.category_code, products.brand

)

select * from final
