-- One row per shop and product with a sale: units of its shop's last complete months, and their slope.
with

sales_lines as (

    select * from {{ ref('int_sales_lines') }}
    where is_sale

),

recent_months as (

    select
        shop_id,
        period_start,
        row_number() over (partition by shop_id order by period_start desc) as months_back
    from {{ ref('int_shop_periods') }}
    where period_type = 'month' and is_complete

),

months as (

    select * from recent_months
    where months_back <= {{ var('trend_month_count') }}

),

products as (

    select distinct
        shop_id,
        product_id
    from sales_lines

),

monthly_units as (

    select
        shop_id,
        product_id,
        {{ period_start("'month'", 'order_date') }} as period_start,
        sum(unit_count) as unit_count
    from sales_lines
    where order_date is not null
    group by shop_id, product_id, {{ period_start("'month'", 'order_date') }}

),

-- Every product has every month: one without a sale pulls the slope as much as one with.
grid as (

    select
        products.shop_id,
        products.product_id,
        months.months_back,
        cast(coalesce(monthly_units.unit_count, 0) as double) as unit_count
    from products
    inner join months on products.shop_id = months.shop_id
    left join monthly_units
        on
            products.shop_id = monthly_units.shop_id
            and products.product_id = monthly_units.product_id
            and months.period_start = monthly_units.period_start

),

final as (

    select
        shop_id,
        product_id,
        count(*) as month_count,
        avg(unit_count) as mean_monthly_units,
        regr_slope(unit_count, cast(-months_back as double)) as monthly_units_slope
    from grid
    group by shop_id, product_id

)

select * from final
