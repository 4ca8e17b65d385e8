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

month_counts as (

    select stack(3, 'month', 1, 'quarter', 3, 'year', 12) as (period_type, month_count)

),

calendar_periods as (

    select
        shops.*,
        month_counts.period_type,
        month_counts.month_count,
        explode(sequence(
            {{ period_start('month_counts.period_type', 'shops.first_date') }},
            {{ period_start('month_counts.period_type', 'shops.last_date') }},
            make_ym_interval(0, month_counts.month_count)
        )) as period_start
    from shops
    cross join month_counts

),

weeks as (

    select
        *,
        'week' as period_type,
        explode(sequence(
            {{ period_start("'week'", 'first_date') }},
            {{ period_start("'week'", 'last_date') }},
            interval 7 days
        )) as period_start
    from shops

),

ended as (

    select
        shop_id,
        first_date,
        last_date,
        period_type,
        period_start,
        date_sub(add_months(period_start, month_count), 1) as period_end
    from calendar_periods
    union all
    select
        shop_id,
        first_date,
        last_date,
        period_type,
        period_start,
        date_add(period_start, 6) as period_end
    from weeks

),

-- The first and the last period may hold only a part of their days.
covered as (

    select
        *,
        period_end <= last_date as has_ended,
        period_start >= first_date and period_end <= last_date as is_complete
    from ended

),

final as (

    select
        -- ids
        shop_id,
        period_type,

        -- dates
        period_start,
        period_end,
        if(
            is_complete,
            lag(if(is_complete, period_start, null)) over (
                partition by shop_id, period_type
                order by period_start
            ),
            null
        ) as previous_period_start,

        -- booleans
        has_ended,
        is_complete
    from covered

)

select * from final
