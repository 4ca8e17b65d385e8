-- One row per shop and customer with a sale: lifetime value, quartiles and the segment they make.
with

lifetimes as (

    select * from {{ ref('int_customer_lifetimes') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

measured as (

    select
        lifetimes.shop_id,
        lifetimes.customer_id,
        lifetimes.gross_amount,
        lifetimes.returned_amount,
        lifetimes.net_amount as lifetime_value,
        lifetimes.order_count,
        coalesce(customers.previous_purchase_count, lifetimes.active_month_count) as loyalty_measure
    from lifetimes
    inner join customers
        on
            lifetimes.shop_id = customers.shop_id
            and lifetimes.customer_id = customers.customer_id

),

tiles as (

    select
        *,
        {{ ntile_by(4, 'lifetime_value', 'customer_id') }} as value_tile,
        {{ ntile_by(4, 'order_count', 'customer_id') }} as frequency_tile,
        {{ ntile_by(4, 'loyalty_measure', 'customer_id') }} as loyalty_tile
    from measured

),

quartiles as (

    select
        *,
        {{ lowest_among_ties('value_tile', 'lifetime_value') }} as value_quartile,
        {{ lowest_among_ties('frequency_tile', 'order_count') }} as frequency_quartile,
        {{ lowest_among_ties('loyalty_tile', 'loyalty_measure') }} as loyalty_quartile,
        avg(lifetime_value) over (partition by shop_id) as mean_value,
        stddev_pop(lifetime_value) over (partition by shop_id) as stddev_value
    from tiles

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
        {{ ratio('(lifetime_value - mean_value)', 'stddev_value') }} as value_zscore,

        -- segment
        {{ clv_segment('value_quartile', 'frequency_quartile', 'loyalty_quartile') }} as clv_segment
    from quartiles

)

select * from final
