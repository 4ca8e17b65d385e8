-- One row per shop, period type and period with a complete one before it: what products of both,
-- new and gone ones had to do with the change of the shop's sales.
with

periods as (

    select * from {{ ref('int_shop_periods') }}
    where previous_period_start is not null and period_type in ('month', 'quarter', 'year')

),

-- A line is of its order's day, as in the sales that the bridge explains.
product_months as (

    select
        shop_id,
        product_id,
        trunc(placed_date, 'MONTH') as sales_month,
        sum(unit_count) as unit_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount
    from {{ ref('int_sales_lines') }}
    where placed_date is not null
    group by shop_id, product_id, trunc(placed_date, 'MONTH')

),

-- A month counts in its own period and, as what was before, in the next one.
period_months as (

    select
        product_months.*,
        periods.period_type,
        periods.period_start,
        product_months.sales_month >= periods.period_start as is_current
    from product_months
    inner join periods
        on
            product_months.shop_id = periods.shop_id
            and product_months.sales_month between periods.previous_period_start and periods.period_end

),

period_products as (

    select
        shop_id,
        period_type,
        period_start,
        product_id,
        sum(if(is_current, unit_count, 0)) as unit_count,
        sum(if(is_current, 0, unit_count)) as previous_unit_count,
        sum(if(is_current, gross_amount, 0)) as gross_amount,
        sum(if(is_current, 0, gross_amount)) as previous_gross_amount,
        sum(if(is_current, returned_amount, 0)) as returned_amount,
        sum(if(is_current, 0, returned_amount)) as previous_returned_amount
    from period_months
    group by shop_id, period_type, period_start, product_id

),

-- What has no product or no pieces has no price; its amount is no product's.
sold as (

    select
        *,
        product_id is not null and unit_count > 0 as is_sold,
        product_id is not null and previous_unit_count > 0 as was_sold
    from period_products

),

summed as (

    select
        shop_id,
        period_type,
        period_start,
        sum(if(is_sold and was_sold, unit_count, 0)) as kept_unit_count,
        sum(if(is_sold and was_sold, previous_unit_count, 0)) as previous_kept_unit_count,
        sum(if(is_sold and was_sold, gross_amount, 0)) as kept_amount,
        sum(if(is_sold and was_sold, previous_gross_amount, 0)) as previous_kept_amount,
        -- (p1 - p0) * q1, without a rounded price
        sum(if(
            is_sold and was_sold,
            gross_amount - try_divide(previous_gross_amount * unit_count, previous_unit_count),
            0
        )) as price_amount,
        sum(if(is_sold and not was_sold, gross_amount, 0)) as new_products_amount,
        -sum(if(was_sold and not is_sold, previous_gross_amount, 0)) as gone_products_amount,
        sum(if(is_sold, 0, gross_amount)) - sum(if(was_sold, 0, previous_gross_amount)) as other_sales_amount,
        sum(gross_amount) as gross_amount,
        sum(previous_gross_amount) as previous_gross_amount,
        sum(returned_amount) as returned_amount,
        sum(previous_returned_amount) as previous_returned_amount
    from sold
    group by shop_id, period_type, period_start

),

final as (

    select
        -- ids
        periods.shop_id,
        periods.period_type,

        -- dates
        periods.period_start,
        periods.previous_period_start,

        -- amounts of both periods
        {{ line_amount('coalesce(summed.gross_amount, 0)') }} as gross_amount,
        {{ line_amount('coalesce(summed.previous_gross_amount, 0)') }} as previous_gross_amount,
        {{ line_amount('coalesce(summed.returned_amount, 0)') }} as returned_amount,
        {{ line_amount('coalesce(summed.previous_returned_amount, 0)') }} as previous_returned_amount,
        {{ line_amount('coalesce(summed.kept_amount, 0)') }} as kept_amount,
        {{ line_amount('coalesce(summed.previous_kept_amount, 0)') }} as previous_kept_amount,

        -- effects
        {{ line_amount('coalesce(summed.price_amount, 0)') }} as price_amount,
        {{ line_amount("coalesce(
            try_divide(
                (summed.kept_unit_count - summed.previous_kept_unit_count) * summed.previous_kept_amount,
                summed.previous_kept_unit_count
            ),
            0
        )") }} as volume_amount,
        {{ line_amount('coalesce(summed.new_products_amount, 0)') }} as new_products_amount,
        {{ line_amount('coalesce(summed.gone_products_amount, 0)') }} as gone_products_amount,
        {{ line_amount('coalesce(summed.other_sales_amount, 0)') }} as other_sales_amount
    from periods
    left join summed
        on
            periods.shop_id = summed.shop_id
            and periods.period_type = summed.period_type
            and periods.period_start = summed.period_start

)

select * from final
