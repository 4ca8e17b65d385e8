-- One row per shop and season, `unknown` for orders without a date included: what was sold in it.
-- Only shops that know when or in which season they sold.
with

sales_lines as (

    select * from {{ ref('int_sales_lines') }}

),

seasons as (

    select
        shop_id,
        {{ or_unknown('season') }} as season,
        count(season) as known_count,
        {{ group_sales_measures() }}
    from sales_lines
    group by shop_id, {{ or_unknown('season') }}

),

shared as (

    select
        *,
        {{ revenue_share() }} as revenue_share,
        {{ group_revenue_rank('season') }} as revenue_rank,
        sum(known_count) over (partition by shop_id) > 0 as is_recorded
    from seasons

),

final as (

    select
        -- ids
        shop_id,
        season,

        -- counts
        order_count,
        customer_count,
        unit_count,

        -- amounts
        {{ amount('gross_amount') }} as gross_amount,
        {{ amount('returned_amount') }} as returned_amount,
        {{ rounded_net_amount() }} as net_amount,
        {{ average_order_value() }} as average_order_value,
        {{ margin_amounts() }},

        -- rates and ranks
        {{ margin_rates() }},
        revenue_share,
        revenue_rank
    from shared
    where is_recorded

)

select * from final
