-- One row per shop and customer with a sale: lifetime value, quartiles and the segment they make.
with

lifetimes as (

    select * from {{ ref('int_customer_lifetimes') }}

),

averages as (

    select
        shop_id,
        avg(net_amount) as mean_value,
        {{ stddev_of_amounts('net_amount') }} as stddev_value
    from lifetimes
    group by shop_id

),

bounds as (

    {{ clv_bounds('lifetimes') }}

),

quartiles as (

    select
        lifetimes.*,
        averages.mean_value,
        averages.stddev_value,
        {{ clv_quartiles('lifetimes', 'bounds') }}
    from lifetimes
    inner join averages on lifetimes.shop_id = averages.shop_id
    inner join bounds on lifetimes.shop_id = bounds.shop_id

),

final as (

    select
        -- ids
        shop_id,
        {{ entity_key('customer_id') }} as customer_key,
        customer_id,

        -- measures
        {{ rounded_net_amount() }} as lifetime_value,
        order_count,
        cast(loyalty_measure as bigint) as loyalty_measure,

        -- quartiles
        value_quartile,
        frequency_quartile,
        loyalty_quartile,
        {{ ratio('(net_amount - mean_value)', 'stddev_value') }} as value_zscore,

        -- segment
        {{ clv_segment('value_quartile', 'frequency_quartile', 'loyalty_quartile') }} as clv_segment
    from quartiles

)

select * from final
