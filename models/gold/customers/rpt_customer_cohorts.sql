-- One row per shop, month of the first sale, and month since, without gaps up to the shop's last month.
with

orders as (

    select * from {{ ref('int_orders') }}
    where order_date is not null

),

customers as (

    select
        shop_id,
        customer_id,
        trunc(first_order_date, 'MONTH') as cohort_month
    from {{ ref('int_customer_lifetimes') }}
    where first_order_date is not null

),

cohorts as (

    select
        shop_id,
        cohort_month,
        count(*) as cohort_size
    from customers
    group by shop_id, cohort_month

),

shops as (

    select
        shop_id,
        max(order_date) as last_order_date
    from orders
    group by shop_id

),

grid as (

    select
        cohorts.*,
        explode(sequence(
            cast(0 as bigint),
            {{ months_apart('cohorts.cohort_month', 'shops.last_order_date') }}
        )) as period_number
    from cohorts
    inner join shops on cohorts.shop_id = shops.shop_id

),

activity as (

    select
        customers.shop_id,
        customers.cohort_month,
        {{ months_apart('customers.cohort_month', 'orders.order_date') }} as period_number,
        count(distinct if(orders.has_sale, customers.customer_id, null)) as retained_count,
        sum(orders.gross_amount) as gross_amount,
        sum(orders.returned_amount) as returned_amount
    from customers
    inner join orders
        on
            customers.shop_id = orders.shop_id
            and customers.customer_id = orders.customer_id
    group by
        customers.shop_id,
        customers.cohort_month,
        {{ months_apart('customers.cohort_month', 'orders.order_date') }}

),

final as (

    select
        -- ids
        grid.shop_id,
        grid.cohort_month,
        grid.period_number,

        -- numerics
        grid.cohort_size,
        coalesce(activity.retained_count, 0) as retained_count,
        {{ ratio('coalesce(activity.retained_count, 0)', 'grid.cohort_size') }} as retention_rate,
        {{ rounded_net_amount('coalesce(activity.gross_amount, 0)', 'coalesce(activity.returned_amount, 0)') }}
            as net_amount
    from grid
    left join activity
        on
            grid.shop_id = activity.shop_id
            and grid.cohort_month = activity.cohort_month
            and grid.period_number = activity.period_number

)

select * from final
