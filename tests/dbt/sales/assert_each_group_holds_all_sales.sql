-- Every dimension, and every two, that a shop's sales tell hold all its units, amounts and costs, to the
-- last digit; and no others are there.
with

sales_lines as (

    select * from {{ ref('int_sales_lines') }}

),

shops as (

    select
        shop_id,
        sum(unit_count) as unit_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        sum(cost_amount) as cost_amount,
        count(country) as country_count,
        count(location) as location_count,
        count(coalesce(customer_state, customer_city)) as detailed_location_count,
        count(category) as category_count,
        count(department) as department_count,
        count(season) as season_count,
        count(age_band) as age_band_count,
        count(gender) as gender_count,
        count(product_id) as product_count,
        count(placed_date) as date_count
    from sales_lines
    group by shop_id

),

groups as (

    select
        shop_id,
        unit_count,
        gross_amount,
        returned_amount,
        cost_amount,
        stack(
            10,
            'category', null, category_count > 0,
            'country', null, country_count > 0,
            'department', null, department_count > 0,
            'location', null, detailed_location_count > 0,
            'season', null, season_count > 0,
            'season', 'category', least(season_count, category_count) > 0,
            'category', 'place', least(category_count, location_count) > 0,
            'category', 'department', least(category_count, department_count) > 0,
            'product', 'month', least(product_count, date_count) > 0,
            'age_band', 'gender', least(age_band_count, gender_count) > 0
        ) as (dimension_a, dimension_b, is_told)
    from shops

),

expected as (

    select * from groups
    where is_told

),

held as (

    select
        shop_id,
        dimension_a,
        dimension_b,
        sum(unit_count) as unit_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        sum(cost_amount) as cost_amount
    from {{ ref('int_sales_by_group') }}
    group by shop_id, dimension_a, dimension_b

)

select
    coalesce(held.shop_id, expected.shop_id) as shop_id,
    coalesce(held.dimension_a, expected.dimension_a) as dimension_a,
    coalesce(held.dimension_b, expected.dimension_b) as dimension_b,
    held.gross_amount,
    expected.gross_amount as expected_gross_amount
from held
full outer join expected
    on
        held.shop_id = expected.shop_id
        and held.dimension_a = expected.dimension_a
        and held.dimension_b <=> expected.dimension_b
where
    held.unit_count is distinct from expected.unit_count
    or held.gross_amount is distinct from expected.gross_amount
    or held.returned_amount is distinct from expected.returned_amount
    or held.cost_amount is distinct from expected.cost_amount
