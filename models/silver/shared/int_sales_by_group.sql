-- One row per shop and group of sales: a bucket of one dimension, or of two. What was sold in it, not
-- rounded. Only dimensions that a shop's sales tell.
with

sales_lines as (

    select
        *,
        date_format(placed_date, 'yyyy-MM') as placed_month
    from {{ ref('int_sales_lines') }}

),

recorded as (

    select
        shop_id,
        count(country) > 0 as has_country,
        count(coalesce(customer_state, customer_city)) > 0 as has_location,
        count(location) > 0 as has_place,
        count(category) > 0 as has_category,
        count(department) > 0 as has_department,
        count(season) > 0 as has_season,
        count(age_band) > 0 as has_age_band,
        count(gender) > 0 as has_gender,
        count(product_id) > 0 as has_product,
        count(placed_month) > 0 as has_month
    from sales_lines
    group by shop_id

),

-- the lines of an order that differ in nothing by which it is grouped are one from here on
parts as (

    select
        shop_id,
        order_id,
        customer_id,
        is_sale,
        country,
        location,
        category,
        department,
        season,
        age_band,
        gender,
        sum(unit_count) as unit_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        sum(net_amount) as net_amount,
        sum(cost_amount) as cost_amount
    from sales_lines
    group by
        shop_id, order_id, customer_id, is_sale, country, location, category, department, season, age_band,
        gender, cost_amount is null

),

-- a place is the country, or what a shop without countries knows instead
placed as (

    select
        parts.*,
        recorded.* except (shop_id),
        if(recorded.has_country, parts.country, parts.location) as place
    from parts
    inner join recorded on parts.shop_id = recorded.shop_id

),

grouped as (

    select
        shop_id,
        order_id,
        customer_id,
        is_sale,
        unit_count,
        gross_amount,
        returned_amount,
        net_amount,
        cost_amount,
        stack(
            9,
            -- one dimension
            'category', {{ or_unknown('category') }}, null, null, has_category,
            'country', {{ or_unknown('country') }}, null, null, has_country,
            'department', {{ or_unknown('department') }}, null, null, has_department,
            'location', {{ or_unknown('location') }}, null, null, has_location,
            'season', {{ or_unknown('season') }}, null, null, has_season,
            -- two
            'season', {{ or_unknown('season') }}, 'category', {{ or_unknown('category') }},
            has_season and has_category,
            'category', {{ or_unknown('category') }}, 'place', {{ or_unknown('place') }},
            has_category and has_place,
            'category', {{ or_unknown('category') }}, 'department', {{ or_unknown('department') }},
            has_category and has_department,
            'age_band', {{ or_unknown('age_band') }}, 'gender', {{ or_unknown('gender') }},
            has_age_band and has_gender
        ) as (dimension_a, bucket_a, dimension_b, bucket_b, is_recorded)
    from placed
    union all
    select
        sales_lines.shop_id,
        sales_lines.order_id,
        sales_lines.customer_id,
        sales_lines.is_sale,
        sales_lines.unit_count,
        sales_lines.gross_amount,
        sales_lines.returned_amount,
        sales_lines.net_amount,
        sales_lines.cost_amount,
        'product' as dimension_a,
        {{ or_unknown('sales_lines.product_id') }} as bucket_a,
        'month' as dimension_b,
        {{ or_unknown('sales_lines.placed_month') }} as bucket_b,
        recorded.has_product and recorded.has_month as is_recorded
    from sales_lines
    inner join recorded on sales_lines.shop_id = recorded.shop_id

),

final as (

    select
        -- ids
        shop_id,
        dimension_a,
        dimension_b,
        bucket_a,
        bucket_b,

        -- measures
        {{ group_sales_measures() }}
    from grouped
    where is_recorded
    group by shop_id, dimension_a, dimension_b, bucket_a, bucket_b

)

select * from final
