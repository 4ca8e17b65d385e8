-- One row per shop and payment method, `unknown` included. Only shops that record them.
with

orders as (

    select * from {{ ref('int_orders') }}
    where has_sale

),

shops as (

    select distinct shop_id
    from orders
    where payment_method is not null

),

methods as (

    select
        shop_id,
        {{ or_unknown('payment_method') }} as payment_method,
        count(*) as order_count,
        count(distinct customer_id) as customer_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        sum(net_amount) as net_amount,
        percentile(gross_amount, 0.5) as median_order_amount
    from orders
    where shop_id in (select shops.shop_id from shops)
    group by shop_id, {{ or_unknown('payment_method') }}

),

shared as (

    select
        *,
        {{ revenue_share() }} as revenue_share,
        {{ ratio('order_count', 'sum(order_count) over (partition by shop_id)') }} as order_share,
        {{ group_revenue_rank('payment_method') }} as revenue_rank
    from methods

),

final as (

    select
        -- ids
        shop_id,
        payment_method,

        -- numerics
        order_count,
        customer_count,
        {{ rounded_net_amount() }} as net_amount,
        {{ average_order_value() }} as average_order_value,
        {{ amount('median_order_amount') }} as median_order_amount,

        -- shares and ranks
        order_share,
        revenue_share,
        revenue_rank
    from shared

)

select * from final
