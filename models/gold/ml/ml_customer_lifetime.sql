-- One row per shop, customer and horizon: what they are expected to buy, beside what they bought.
with

predictions as (

    select * from {{ source('ml', 'customer_lifetime') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

lifetimes as (

    select * from {{ ref('rpt_customer_clv') }}

),

final as (

    select
        -- ids
        predictions.shop_id,
        predictions.customer_key,
        customers.customer_id,
        predictions.horizon_days,

        -- what is expected
        predictions.expected_purchases,
        {{ amount('predictions.expected_value') }} as expected_value,
        predictions.probability_alive,
        predictions.source,

        -- what was
        lifetimes.lifetime_value,
        lifetimes.order_count,
        lifetimes.clv_segment
    from predictions
    inner join customers on predictions.customer_key = customers.customer_key
    left join lifetimes on predictions.customer_key = lifetimes.customer_key

)

select * from final
