-- The groups of a shop add up to its dated sales in each month, and a shop whose products have groups,
-- and whose sales have dates, is in the report.
with

sales as (

    select
        shop_id,
        {{ period_start("'month'", 'order_date') }} as month_start,
        sum(unit_count) as unit_count,
        sum(net_amount) as net_amount
    from {{ ref('int_sales_lines') }}
    where
        order_date is not null
        and shop_id in (select labelled.shop_id from {{ ref('ml_product_groups') }} as labelled)
    group by shop_id, {{ period_start("'month'", 'order_date') }}

),

groups as (

    select
        shop_id,
        month_start,
        count(*) as group_count,
        sum(unit_count) as unit_count,
        sum(net_amount) as net_amount
    from {{ ref('rpt_product_groups') }}
    group by shop_id, month_start

)

select
    coalesce(sales.shop_id, groups.shop_id) as shop_id,
    coalesce(sales.month_start, groups.month_start) as month_start,
    sales.unit_count,
    groups.unit_count as group_unit_count,
    sales.net_amount,
    groups.net_amount as group_net_amount
from sales
full outer join groups
    on
        sales.shop_id = groups.shop_id
        and sales.month_start = groups.month_start
where
    coalesce(sales.unit_count, 0) <> coalesce(groups.unit_count, 0)
    or abs(coalesce(sales.net_amount, 0) - coalesce(groups.net_amount, 0))
    -- a cent for each group: net is the difference of two rounded amounts
    > 0.01 * coalesce(groups.group_count, 0)
