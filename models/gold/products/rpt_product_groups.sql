-- One row per shop whose products have groups, group (`unknown` included) and month from the shop's
-- first sale to its last: what it sold, from which stock, in season or not, more than before or less.
with

products as (

    select * from {{ ref('ml_product_groups') }}

),

shops as (

    select distinct shop_id
    from products

),

sales_lines as (

    select
        sales_lines.*,
        {{ or_unknown('products.product_group') }} as product_group,
        {{ period_start("'month'", 'sales_lines.order_date') }} as month_start
    from {{ ref('int_sales_lines') }} as sales_lines
    inner join shops on sales_lines.shop_id = shops.shop_id
    left join products
        on
            sales_lines.shop_id = products.shop_id
            and sales_lines.product_id = products.product_id
    where sales_lines.order_date is not null

),

months as (

    select
        shop_id,
        period_start as month_start,
        period_end,
        is_complete,
        row_number() over (partition by shop_id, is_complete order by period_start desc) as months_back,
        count_if(is_complete) over (partition by shop_id) as complete_month_count
    from {{ ref('int_shop_periods') }}
    where period_type = 'month'

),

sales as (

    select
        shop_id,
        product_group,
        month_start,
        sum(unit_count) as unit_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        sum(net_amount) as net_amount,
        {{ known_cost_measures() }}
    from sales_lines
    group by shop_id, product_group, month_start

),

groups as (

    select distinct
        shop_id,
        product_group
    from sales_lines

),

-- a piece is in stock from its day until the day it is sold
stock_changes as (

    select
        inventory_items.shop_id,
        {{ or_unknown('products.product_group') }} as product_group,
        stack(
            2,
            cast(inventory_items.stocked_at as date), 1,
            cast(inventory_items.sold_at as date), -1
        ) as (change_date, piece_count)
    from {{ ref('int_inventory_items') }} as inventory_items
    left join products
        on
            inventory_items.shop_id = products.shop_id
            and inventory_items.product_id = products.product_id
    where inventory_items.stocked_at is not null

),

stock as (

    select
        months.shop_id,
        months.month_start,
        stock_changes.product_group,
        sum(if(stock_changes.change_date < months.month_start, stock_changes.piece_count, 0)) as first_count,
        sum(stock_changes.piece_count) as last_count
    from months
    inner join stock_changes
        on
            months.shop_id = stock_changes.shop_id
            and months.period_end >= stock_changes.change_date
    group by months.shop_id, months.month_start, stock_changes.product_group

),

-- every group has every month: one without a sale pulls season and trend as much as one with
grid as (

    select
        groups.shop_id,
        groups.product_group,
        months.month_start,
        months.is_complete,
        months.complete_month_count,
        months.is_complete and months.months_back <= {{ var('trend_month_count') }} as is_recent,
        if(months.is_complete, -months.months_back, null) as month_number,
        coalesce(sales.unit_count, 0) as unit_count,
        coalesce(sales.gross_amount, 0) as gross_amount,
        coalesce(sales.returned_amount, 0) as returned_amount,
        coalesce(sales.net_amount, 0) as net_amount,
        sales.cost_amount,
        coalesce(sales.known_cost_gross_amount, 0) as known_cost_gross_amount,
        coalesce(sales.known_cost_returned_amount, 0) as known_cost_returned_amount,
        cast(stock.first_count + stock.last_count as double) / 2 as mean_stock_count
    from groups
    inner join months on groups.shop_id = months.shop_id
    left join sales
        on
            groups.shop_id = sales.shop_id
            and groups.product_group = sales.product_group
            and months.month_start = sales.month_start
    left join stock
        on
            groups.shop_id = stock.shop_id
            and groups.product_group = stock.product_group
            and months.month_start = stock.month_start

),

compared as (

    select
        *,
        avg(if(is_complete, unit_count, null)) over (partition by shop_id, product_group) as mean_units,
        avg(if(is_complete, unit_count, null)) over (
            partition by shop_id, product_group, month(month_start)
        ) as mean_season_units,
        avg(if(is_recent, unit_count, null)) over (partition by shop_id, product_group) as mean_recent_units,
        regr_slope(
            if(is_recent, cast(unit_count as double), null), cast(month_number as double)
        ) over (partition by shop_id, product_group) as monthly_units_slope
    from grid

),

final as (

    select
        -- ids
        shop_id,
        product_group,
        month_start,

        -- sales
        unit_count,
        {{ amount('gross_amount') }} as gross_amount,
        {{ amount('returned_amount') }} as returned_amount,
        {{ rounded_net_amount() }} as net_amount,

        -- margin
        {{ margin_amounts() }},
        {{ margin_rates() }},

        -- stock
        mean_stock_count,
        {{ ratio('unit_count', 'mean_stock_count') }} as turnover_rate,

        -- season and trend: a year tells what is a season
        if(complete_month_count >= 12, {{ ratio('mean_season_units', 'mean_units') }}, null) as season_index,
        monthly_units_slope,
        {{ sales_trend('monthly_units_slope', 'mean_recent_units') }} as sales_trend,

        -- booleans
        is_complete
    from compared

)

select * from final
