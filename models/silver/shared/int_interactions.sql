-- One row per shop, customer (null where not known), category code (null where a product has none; then
-- the category's id, if there is one) and brand (null where a product has none): how often the customer
-- met such products.
with

events as (

    select * from {{ ref('int_events') }}
    where product_id is not null

),

products as (

    select * from {{ ref('int_products') }}

),

final as (

    select
        events.shop_id,
        events.customer_id,
        products.category_code,
        if(products.category_code is null, products.category_id, null) as category_id,
        products.brand,
        count(*) as interaction_count
    from events
    left join products
        on
            events.shop_id = products.shop_id
            and events.product_id = products.product_id
    group by
        events.shop_id,
        events.customer_id,
        products.category_code,
        if(products.category_code is null, products.category_id, null),
        products.brand

)

select * from final
