-- Each cohort has every month from its first to that of the shop's last order, each once.
with

last_months as (

    select
        shop_id,
        max(order_date) as last_order_date
    from {{ ref('fct_orders') }}
    group by shop_id

),

cohorts as (

    select
        shop_id,
        cohort_month,
        min(period_number) as first_period,
        max(period_number) as last_period,
        count(*) as period_count
    from {{ ref('rpt_customer_cohorts') }}
    group by shop_id, cohort_month

)

select cohorts.*
from cohorts
inner join last_months on cohorts.shop_id = last_months.shop_id
where
    cohorts.first_period <> 0
    or cohorts.last_period <> {{ months_apart('cohorts.cohort_month', 'last_months.last_order_date') }}
    or cohorts.period_count <> cohorts.last_period + 1
