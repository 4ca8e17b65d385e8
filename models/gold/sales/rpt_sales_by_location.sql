-- One row per shop and place of its customers (city and state, or state), `unknown` included.
-- Only shops that know more than the country.
with

locations as (

    select * from {{ ref('int_sales_by_group') }}
    where dimension_a = 'location' and dimension_b is null

),

places as (

    select
        shop_id,
        location as bucket_a,
        min(country) as country,
        min(customer_state) as state,
        min(customer_city) as city
    from {{ ref('int_sales_lines') }}
    where shop_id in (select recording.shop_id from locations as recording)
    group by shop_id, location

),

located as (

    select
        locations.*,
        places.country,
        places.state,
        places.city
    from locations
    left join places
        on
            locations.shop_id = places.shop_id
            and locations.bucket_a = places.bucket_a

),

final as (

    select
        -- ids
        shop_id,
        bucket_a as location,

        -- strings
        country,
        state,
        city,

        {{ sales_of_group() }},

        -- shares and ranks
        {{ revenue_share() }} as revenue_share,
        {{ group_revenue_rank('bucket_a') }} as revenue_rank
    from located

)

select * from final
