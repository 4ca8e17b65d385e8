-- One row per shop, period type and period with a complete one before it: by how much the net sales
-- to new, kept, returned and lost customers changed.
with

periods as (

    select * from {{ ref('int_shop_periods') }}
    where previous_period_start is not null and period_type in ('month', 'quarter', 'year')

),

customers as (

    select * from {{ ref('int_customer_lifetimes') }}

),

customer_months as (

    select
        shop_id,
        customer_id,
        trunc(order_date, 'MONTH') as sales_month,
        max(has_sale) as has_sale,
        sum(net_amount) as net_amount
    from {{ ref('int_orders') }}
    where order_date is not null
    group by shop_id, customer_id, trunc(order_date, 'MONTH')

),

-- A month counts in its own period and, as what was before, in the next one.
period_months as (

    select
        customer_months.*,
        periods.period_type,
        periods.period_start,
        customer_months.sales_month >= periods.period_start as is_current
    from customer_months
    inner join periods
        on
            customer_months.shop_id = periods.shop_id
            and customer_months.sales_month between periods.previous_period_start and periods.period_end

),

period_customers as (

    select
        shop_id,
        period_type,
        period_start,
        customer_id,
        max(has_sale and is_current) as has_bought,
        max(has_sale and not is_current) as had_bought,
        sum(if(is_current, net_amount, -net_amount)) as change_amount
    from period_months
    group by shop_id, period_type, period_start, customer_id

),

grouped as (

    select
        period_customers.*,
        case
            when period_customers.customer_id is null then 'unknown'
            when period_customers.has_bought and period_customers.had_bought then 'returning'
            when period_customers.has_bought and customers.first_order_date >= period_customers.period_start then 'new'
            when period_customers.has_bought then 'reactivated'
            when period_customers.had_bought then 'lost'
            else 'only returns'
        end as customer_group
    from period_customers
    left join customers
        on
            period_customers.shop_id = customers.shop_id
            and period_customers.customer_id = customers.customer_id

),

summed as (

    select
        shop_id,
        period_type,
        period_start,
        sum(if(customer_group = 'new', change_amount, 0)) as new_customers_amount,
        sum(if(customer_group = 'returning', change_amount, 0)) as returning_customers_amount,
        sum(if(customer_group = 'reactivated', change_amount, 0)) as reactivated_customers_amount,
        sum(if(customer_group = 'lost', change_amount, 0)) as lost_customers_amount,
        sum(if(customer_group = 'only returns', change_amount, 0)) as only_returns_amount,
        sum(if(customer_group = 'unknown', change_amount, 0)) as unknown_customers_amount
    from grouped
    group by shop_id, period_type, period_start

),

final as (

    select
        -- ids
        periods.shop_id,
        periods.period_type,

        -- dates
        periods.period_start,

        -- effects
        {{ line_amount('coalesce(summed.new_customers_amount, 0)') }} as new_customers_amount,
        {{ line_amount('coalesce(summed.returning_customers_amount, 0)') }} as returning_customers_amount,
        {{ line_amount('coalesce(summed.reactivated_customers_amount, 0)') }} as reactivated_customers_amount,
        {{ line_amount('coalesce(summed.lost_customers_amount, 0)') }} as lost_customers_amount,
        {{ line_amount('coalesce(summed.only_returns_amount, 0)') }} as only_returns_amount,
        {{ line_amount('coalesce(summed.unknown_customers_amount, 0)') }} as unknown_customers_amount
    from periods
    left join summed
        on
            periods.shop_id = summed.shop_id
            and periods.period_type = summed.period_type
            and periods.period_start = summed.period_start

)

select * from final
