-- One row per shop, period type and period: what was sold and to how many, zeros included.
with

periods as (

    select * from {{ ref('int_shop_periods') }}
    where period_type in ('month', 'week')

),

orders as (

    select * from {{ ref('int_orders') }}
    where order_date is not null

),

first_orders as (

    select
        shop_id,
        customer_id,
        min(order_date) as first_order_date
    from orders
    where has_sale and customer_id is not null
    group by shop_id, customer_id

),

period_types as (

    select explode(array('month', 'week')) as period_type

),

period_orders as (

    select
        orders.*,
        first_orders.first_order_date,
        period_types.period_type,
        {{ period_start('period_types.period_type', 'orders.order_date') }} as period_start
    from orders
    cross join period_types
    left join first_orders
        on
            orders.shop_id = first_orders.shop_id
            and orders.customer_id = first_orders.customer_id

),

sales as (

    select
        shop_id,
        period_type,
        period_start,
        {{ sales_measures() }},
        count(distinct if(has_sale and first_order_date >= period_start, customer_id, null))
            as new_customer_count,
        sum(if(customer_id is null, net_amount, 0)) as unknown_customer_net_amount,
        sum(if(
            {{ period_start('period_type', 'first_order_date') }} = period_start, net_amount, 0
        )) as new_customer_net_amount
    from period_orders
    group by shop_id, period_type, period_start

),

final as (

    select
        -- ids
        periods.shop_id,
        periods.period_type,

        -- dates
        periods.period_start,
        periods.period_end,

        -- counts
        coalesce(sales.order_count, 0) as order_count,
        coalesce(sales.customer_count, 0) as customer_count,
        coalesce(sales.new_customer_count, 0) as new_customer_count,
        coalesce(sales.customer_count - sales.new_customer_count, 0) as repeat_customer_count,
        coalesce(sales.unit_count, 0) as unit_count,

        -- amounts
        {{ line_amount('coalesce(sales.gross_amount, 0)') }} as gross_amount,
        {{ line_amount('coalesce(sales.returned_amount, 0)') }} as returned_amount,
        {{ line_amount('coalesce(sales.net_amount, 0)') }} as net_amount,
        {{ line_amount('coalesce(sales.new_customer_net_amount, 0)') }} as new_customer_net_amount,
        {{ line_amount('coalesce(sales.unknown_customer_net_amount, 0)') }} as unknown_customer_net_amount,

        -- booleans
        periods.is_complete
    from periods
    left join sales
        on
            periods.shop_id = sales.shop_id
            and periods.period_type = sales.period_type
            and periods.period_start = sales.period_start

)

select * from final
