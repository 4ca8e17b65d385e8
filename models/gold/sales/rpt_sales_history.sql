-- One row per shop, period type (month, week) and period, those without a sale included: sales and
-- how they compare with the period before, with a year ago and with the shop's usual ones.
with

periods as (

    select * from {{ ref('int_sales_periods') }}

),

rounded as (

    select
        *,
        {{ rounded_net_amount() }} as period_net_amount,
        {{ amount('new_customer_net_amount') }} as new_net_amount,
        {{ amount('unknown_customer_net_amount') }} as unknown_net_amount
    from periods

),

compared as (

    select
        *,
        lag(period_net_amount) over (
            partition by shop_id, period_type
            order by period_start
        ) as previous_net_amount,
        -- periods are dense: a year is 12 months or 52 weeks ago
        lag(period_net_amount, 12) over (
            partition by shop_id, period_type
            order by period_start
        ) as net_amount_12_before,
        lag(period_net_amount, 52) over (
            partition by shop_id, period_type
            order by period_start
        ) as net_amount_52_before,
        avg(if(is_complete, cast(period_net_amount as double), null)) over (
            partition by shop_id, period_type
        ) as mean_net_amount,
        stddev_pop(if(is_complete, cast(period_net_amount as double), null)) over (
            partition by shop_id, period_type
        ) as stddev_net_amount,
        if(
            is_complete,
            row_number() over (
                partition by shop_id, period_type, is_complete
                order by period_net_amount desc, period_start asc
            ),
            null
        ) as period_rank
    from rounded

),

measured as (

    select
        *,
        case period_type
            when 'month' then net_amount_12_before
            when 'week' then net_amount_52_before
        end as year_ago_net_amount
    from compared

),

final as (

    select
        -- ids
        shop_id,
        period_type,

        -- dates
        period_start,
        period_end,

        -- counts
        order_count,
        customer_count,
        new_customer_count,
        repeat_customer_count,
        unit_count,

        -- amounts
        {{ amount('gross_amount') }} as gross_amount,
        {{ amount('returned_amount') }} as returned_amount,
        period_net_amount as net_amount,
        new_net_amount as new_customer_net_amount,
        -- the rest, so that the three are the period's
        {{ amount('period_net_amount - new_net_amount - unknown_net_amount') }} as repeat_customer_net_amount,
        unknown_net_amount as unknown_customer_net_amount,
        {{ average_order_value() }} as average_order_value,
        previous_net_amount,
        year_ago_net_amount,

        -- rates and ranks
        {{ growth_rate('period_net_amount', 'previous_net_amount') }} as growth_rate,
        {{ growth_rate('period_net_amount', 'year_ago_net_amount') }} as year_over_year_growth_rate,
        period_rank,

        -- booleans
        is_complete and period_net_amount > mean_net_amount + stddev_net_amount as is_peak,
        is_complete
    from measured

)

select * from final
