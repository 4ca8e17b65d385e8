-- One row per shop, customer and day on which they ordered something that was sold: how many orders,
-- and what they were worth. A line belongs to its order's day, a return to the day it came back.
with

dates as (

    select * from {{ ref('int_feature_dates') }}
    where is_latest

),

orders as (

    select * from {{ ref('int_orders') }}

),

sales as (

    select * from {{ ref('int_order_items') }}
    where is_sale and customer_id is not null

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

purchases as (

    select
        sales.shop_id,
        sales.customer_id,
        orders.order_date,
        dates.as_of_date,
        count(distinct sales.order_id) as order_count,
        sum(sales.gross_amount) as gross_amount
    from sales
    inner join orders
        on
            sales.shop_id = orders.shop_id
            and sales.order_id = orders.order_id
    inner join dates
        on
            sales.shop_id = dates.shop_id
            and {{ is_known('orders.order_date', 'dates.as_of_date') }}
            and {{ is_known('cast(sales.ordered_at as date)', 'dates.as_of_date') }}
    group by sales.shop_id, sales.customer_id, orders.order_date, dates.as_of_date

),

final as (

    select
        -- ids
        purchases.shop_id,
        {{ feature_key(['purchases.customer_id'], 'purchases.order_date', 'purchases.shop_id') }} as feature_key,
        {{ entity_key('purchases.customer_id', 'purchases.shop_id') }} as customer_key,

        -- measures
        purchases.order_count,
        {{ amount('purchases.gross_amount') }} as gross_amount,
        {{ amount('coalesce(customer_days.returned_amount, 0)') }} as returned_amount,
        {{ rounded_net_amount('purchases.gross_amount', 'coalesce(customer_days.returned_amount, 0)') }}
            as net_amount,

        -- dates
        purchases.order_date,
        purchases.as_of_date
    from purchases
    left join customer_days
        on
            purchases.shop_id = customer_days.shop_id
            and purchases.customer_id = customer_days.customer_id
            and purchases.order_date <=> customer_days.day

)

select * from final
