-- One row per shop and order that was scored: how likely it uses a promo code.
with

propensity as (

    select * from {{ source('ml', 'promo_propensity') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

final as (

    select
        -- ids
        propensity.shop_id,
        propensity.order_key,
        orders.order_id,
        propensity.customer_key,
        customers.customer_id,

        -- the prediction
        propensity.probability,
        propensity.source
    from propensity
    inner join orders on propensity.order_key = orders.order_key
    inner join customers on propensity.customer_key = customers.customer_key

)

select * from final
