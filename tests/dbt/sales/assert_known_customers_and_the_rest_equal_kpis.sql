-- Per shop: net amount of the customers in the concentration report, and of orders of nobody in it
-- (not known, or without a sale), together equal the headline figure.
with

customers as (

    select * from {{ ref('rpt_revenue_concentration') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

other_orders as (

    select orders.*
    from orders
    left anti join customers on orders.customer_key = customers.customer_key

),

parts as (

    select
        shop_id,
        net_amount
    from customers
    union all
    select
        shop_id,
        net_amount
    from other_orders

),

totals as (

    select
        shop_id,
        sum(net_amount) as net_amount,
        count(*) as part_count
    from parts
    group by shop_id

)

select
    kpis.shop_id,
    kpis.net_amount as kpi_net_amount,
    totals.net_amount as parts_net_amount
from {{ ref('rpt_kpis') }} as kpis
left join totals on kpis.shop_id = totals.shop_id
-- each part is rounded on its own
where abs(kpis.net_amount - coalesce(totals.net_amount, 0)) > 0.01 * (coalesce(totals.part_count, 0) + 1)
