-- One row per shop, subscribers or others (null where not known), and how often they say to buy,
-- `unknown` included. Only shops that record both.
with

orders as (

    select * from {{ ref('int_orders') }}
    where has_sale

),

customers as (

    select * from {{ ref('dim_customers') }}

),

shops as (

    select distinct shop_id
    from orders
    where purchase_frequency is not null

),

frequencies as (

    select
        orders.shop_id,
        customers.is_subscriber,
        {{ or_unknown('orders.purchase_frequency') }} as purchase_frequency,
        count(customers.is_subscriber) as known_subscriber_count,
        count(*) as order_count,
        count(distinct orders.customer_id) as customer_count,
        sum(orders.gross_amount) as gross_amount,
        sum(orders.returned_amount) as returned_amount,
        percentile(orders.gross_amount, 0.5) as median_order_amount
    from orders
    inner join shops on orders.shop_id = shops.shop_id
    left join customers
        on
            orders.shop_id = customers.shop_id
            and orders.customer_id = customers.customer_id
    group by orders.shop_id, customers.is_subscriber, {{ or_unknown('orders.purchase_frequency') }}

),

shared as (

    select
        *,
        sum(known_subscriber_count) over (partition by shop_id) > 0 as is_recorded
    from frequencies

),

final as (

    select
        -- ids
        shop_id,
        is_subscriber,
        purchase_frequency,

        -- numerics
        order_count,
        customer_count,
        {{ rounded_net_amount() }} as net_amount,
        {{ average_order_value() }} as average_order_value,
        {{ amount('median_order_amount') }} as median_order_amount,

        -- within subscribers, or within the others
        {{ ratio('order_count', 'sum(order_count) over (partition by shop_id, is_subscriber)') }} as order_share,
        row_number() over (
            partition by shop_id, is_subscriber
            order by purchase_frequency = 'unknown' asc, order_count desc, purchase_frequency asc
        ) as frequency_rank
    from shared
    where is_recorded

)

select * from final
