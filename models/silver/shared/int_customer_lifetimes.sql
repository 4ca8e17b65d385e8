-- One row per shop and known customer with a sale: all that their orders came to.
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
        {{ count_where('has_sale') }} as order_count,
        count(distinct if(has_sale, trunc(order_date, 'MONTH'), null)) as active_month_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        sum(net_amount) as net_amount,
        sum(cost_amount) as cost_amount,
        sum(known_cost_gross_amount) as known_cost_gross_amount,
        sum(known_cost_returned_amount) as known_cost_returned_amount,
        min(if(has_sale, order_date, null)) as first_order_date,
        max(if(has_sale, order_date, null)) as last_order_date
    from orders
    group by shop_id, customer_id
    having count_if(has_sale) > 0

),

final as (

    select
        -- ids
        lifetimes.shop_id,
        lifetimes.customer_id,

        -- numerics
        lifetimes.order_count,
        lifetimes.active_month_count,
        -- what the shop says of a customer's purchases comes before the months that had any
        coalesce(customers.previous_purchase_count, lifetimes.active_month_count) as loyalty_measure,
        lifetimes.gross_amount,
        lifetimes.returned_amount,
        lifetimes.net_amount,
        lifetimes.cost_amount,
        lifetimes.known_cost_gross_amount,
        lifetimes.known_cost_returned_amount,

        -- dates: of orders with a sale; null where none of them has a date
        lifetimes.first_order_date,
        lifetimes.last_order_date
    from lifetimes
    left join customers
        on
            lifetimes.shop_id = customers.shop_id
            and lifetimes.customer_id = customers.customer_id

)

select * from final
