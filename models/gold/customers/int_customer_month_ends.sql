-- One row per shop, known customer and month end, the last ones of the shop, from the customer's first
-- sale on: what the customer's orders had come to by then.
with

month_ends as (

    select
        shop_id,
        period_end as month_end,
        row_number() over (partition by shop_id order by period_end desc) as months_back
    from {{ ref('int_shop_periods') }}
    where period_type = 'month' and has_ended

),

recent_month_ends as (

    select * from month_ends
    where months_back <= {{ var('segment_history_month_count') }}

),

customer_months as (

    select
        shop_id,
        customer_id,
        last_day(day) as month_end,
        sum(order_count) as order_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        min(if(order_count > 0, day, null)) as first_order_date,
        max(if(order_count > 0, day, null)) as last_order_date
    from {{ ref('int_customer_days') }}
    where day is not null
    group by shop_id, customer_id, last_day(day)

),

final as (

    select
        -- ids
        customer_months.shop_id,
        customer_months.customer_id,

        -- numerics
        sum(customer_months.order_count) as order_count,
        -- months with a sale: what else a shop records of loyalty is as of now
        count_if(customer_months.order_count > 0) as loyalty_measure,
        {{ line_amount('sum(customer_months.gross_amount)') }} as gross_amount,
        {{ line_amount('sum(customer_months.returned_amount)') }} as returned_amount,
        {{ line_amount('sum(customer_months.gross_amount) - sum(customer_months.returned_amount)') }} as net_amount,

        -- dates
        min(customer_months.first_order_date) as first_order_date,
        max(customer_months.last_order_date) as last_order_date,
        recent_month_ends.month_end
    from customer_months
    inner join recent_month_ends
        on
            customer_months.shop_id = recent_month_ends.shop_id
            and customer_months.month_end <= recent_month_ends.month_end
    group by customer_months.shop_id, customer_months.customer_id, recent_month_ends.month_end
    having sum(customer_months.order_count) > 0

)

select * from final
