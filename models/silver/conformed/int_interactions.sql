-- One row per shop, customer (null where not known) and product: how often they met.
with

events as (

    select * from {{ ref('int_events') }}
    where product_id is not null

),

final as (

    select
        shop_id,
        customer_id,
        product_id,
        count(*) as interaction_count
    from events
    group by shop_id, customer_id, product_id

)

select * from final
