-- One row per shop and place of its customers (city and state, or state), `unknown` included.
-- Only shops that know more than the country.
with

sales_lines as (

    select * from {{ ref('int_sales_lines') }}

),

placed as (

    select
        *,
        concat_ws(', ', customer_city, customer_state, country) as place
    from sales_lines

),

locations as (

    select
        shop_id,
        {{ or_unknown("nullif(place, '')") }} as location,
        min(country) as country,
        min(customer_state) as state,
        min(customer_city) as city,
        count(coalesce(customer_state, customer_city)) as known_count,
        {{ group_sales_measures() }}
    from placed
    group by shop_id, {{ or_unknown("nullif(place, '')") }}

),

shared as (

    select
        *,
        {{ revenue_share() }} as revenue_share,
        {{ group_revenue_rank('location') }} as revenue_rank,
        sum(known_count) over (partition by shop_id) > 0 as is_recorded
    from locations

),

final as (

    select
        -- ids
        shop_id,
        location,

        -- strings
        country,
        state,
        city,

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
