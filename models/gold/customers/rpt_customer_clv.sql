-- One row per shop and customer with a sale: lifetime value, quartiles and the segment they make.
with

orders as (

    select * from {{ ref('int_orders') }}
    where customer_id is not null

),

customers as (

    select * from {{ ref('int_customers') }}

),

lifetimes as (

    select
        shop_id,
        customer_id,
        sum(net_amount) as lifetime_value,
        {{ count_where('has_sale') }} as order_count,
        count(distinct if(has_sale, trunc(order_date, 'MONTH'), null)) as active_month_count
    from orders
    group by shop_id, customer_id
    having count_if(has_sale) > 0

),

measured as (

    select
        lifetimes.*,
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
        {{ amount('lifetime_value') }} as lifetime_value,
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
