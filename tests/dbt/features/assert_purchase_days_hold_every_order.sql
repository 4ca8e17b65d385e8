-- As of its shop's latest day, a customer's purchase days have all their orders and what was sold in
-- them by then, counted from the lines alone.
with

dates as (

    select * from {{ ref('int_feature_dates') }}
    where is_latest

),

lines as (

    select
        *,
        cast(ordered_at as date) as line_date
    from {{ ref('int_order_items') }}
    where is_sale and customer_id is not null

),

orders as (

    select * from {{ ref('int_orders') }}

),

counted as (

    select
        {{ entity_key('lines.customer_id', 'lines.shop_id') }} as customer_key,
        lines.order_id,
        0 as held_order_count,
        lines.gross_amount,
        0 as held_gross_amount
    from lines
    inner join dates on lines.shop_id = dates.shop_id
    left join orders
        on
            lines.shop_id = orders.shop_id
            and lines.order_id = orders.order_id
    where
        dates.as_of_date is null
        or (lines.line_date <= dates.as_of_date and orders.order_date <= dates.as_of_date)
    union all
    select
        customer_key,
        null as order_id,
        order_count as held_order_count,
        0 as gross_amount,
        gross_amount as held_gross_amount
    from {{ ref('feat_purchase_days') }}

)

select
    customer_key,
    count(distinct order_id) as order_count,
    sum(held_order_count) as held_order_count,
    sum(gross_amount) as gross_amount,
    sum(held_gross_amount) as held_gross_amount
from counted
group by customer_key
having
    count(distinct order_id) <> sum(held_order_count)
    -- half a cent for each day
    or abs(sum(gross_amount) - sum(held_gross_amount)) > 0.005 * sum(held_order_count)
