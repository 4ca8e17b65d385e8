-- Computes what customers came to by each month end again, from orders and lines up to that day, and
-- fails on a row that differs, is missing or is too much; a return counts from its day.
with

history as (

    select * from {{ ref('rpt_customer_segment_history') }}

),

shops as (

    select
        shop_id,
        min(order_date) as first_date,
        max(order_date) as last_date
    from {{ ref('int_sales_lines') }}
    where order_date is not null
    group by shop_id

),

months as (

    select
        *,
        explode(sequence(1, {{ var('segment_history_month_count') }})) as months_ago
    from shops

),

-- The month of the last day is over when that day is its last.
month_ends as (

    select
        shop_id,
        first_date,
        last_day(add_months(last_day(date_add(last_date, 1)), -months_ago)) as month_end
    from months

),

shop_month_ends as (

    select * from month_ends
    where month_end >= first_date

),

movements as (

    select
        shop_id,
        customer_id,
        last_day(order_date) as month_end,
        1 as order_count,
        0 as gross_amount,
        0 as returned_amount,
        order_date
    from {{ ref('int_orders') }}
    where has_sale
    union all
    select
        shop_id,
        customer_id,
        last_day(cast(ordered_at as date)) as month_end,
        0 as order_count,
        gross_amount,
        0 as returned_amount,
        null as order_date
    from {{ ref('int_order_items') }}
    where is_sale
    union all
    select
        shop_id,
        customer_id,
        last_day(cast(returned_at as date)) as month_end,
        0 as order_count,
        0 as gross_amount,
        returned_amount,
        null as order_date
    from {{ ref('int_order_items') }}

),

monthly as (

    select
        shop_id,
        customer_id,
        month_end,
        sum(order_count) as order_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date
    from movements
    where customer_id is not null and month_end is not null
    group by shop_id, customer_id, month_end

),

recomputed as (

    select
        monthly.shop_id,
        {{ entity_key('monthly.customer_id', 'monthly.shop_id') }} as customer_key,
        shop_month_ends.month_end,
        sum(monthly.order_count) as order_count,
        count(monthly.first_order_date) as loyalty_measure,
        sum(monthly.gross_amount - monthly.returned_amount) as lifetime_value,
        min(monthly.first_order_date) as first_order_date,
        max(monthly.last_order_date) as last_order_date
    from monthly
    inner join shop_month_ends
        on
            monthly.shop_id = shop_month_ends.shop_id
            and monthly.month_end <= shop_month_ends.month_end
    group by monthly.shop_id, monthly.customer_id, shop_month_ends.month_end
    having sum(monthly.order_count) > 0

),

compared as (

    select
        coalesce(history.shop_id, recomputed.shop_id) as shop_id,
        coalesce(history.customer_key, recomputed.customer_key) as customer_key,
        coalesce(history.month_end, recomputed.month_end) as month_end,
        history.order_count = recomputed.order_count
        and history.loyalty_measure = recomputed.loyalty_measure
        and abs(history.lifetime_value - recomputed.lifetime_value) <= 0.01
        and history.first_order_date = recomputed.first_order_date
        and history.last_order_date = recomputed.last_order_date as is_equal
    from history
    full outer join recomputed
        on
            history.customer_key = recomputed.customer_key
            and history.month_end = recomputed.month_end

),

final as (

    select
        shop_id,
        customer_key,
        month_end
    from compared
    where not coalesce(is_equal, false)

)

select * from final
