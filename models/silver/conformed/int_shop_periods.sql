-- One row per shop, period type and period from the shop's first to its last day with a sale or a
-- return, those without any included.
with

sales_lines as (

    select * from {{ ref('int_sales_lines') }}
    where order_date is not null

),

shops as (

    select
        shop_id,
        min(order_date) as first_date,
        max(order_date) as last_date
    from sales_lines
    group by shop_id

),

months as (

    select
        shop_id,
        first_date,
        last_date,
        'month' as period_type,
        explode(sequence(
            cast(trunc(first_date, 'MONTH') as date),
            cast(trunc(last_date, 'MONTH') as date),
            interval 1 month
        )) as period_start
    from shops

),

weeks as (

    select
        shop_id,
        first_date,
        last_date,
        'week' as period_type,
        explode(sequence(
            cast(trunc(first_date, 'WEEK') as date),
            cast(trunc(last_date, 'WEEK') as date),
            interval 7 days
        )) as period_start
    from shops

),

periods as (

    select * from months
    union all
    select * from weeks

),

ended as (

    select
        *,
        case period_type
            when 'month' then last_day(period_start)
            when 'week' then date_add(period_start, 6)
        end as period_end
    from periods

),

final as (

    select
        -- ids
        shop_id,
        period_type,

        -- dates
        period_start,
        period_end,

        -- booleans: the first and the last period may hold only a part of their days
        period_start >= first_date and period_end <= last_date as is_complete
    from ended

)

select * from final
