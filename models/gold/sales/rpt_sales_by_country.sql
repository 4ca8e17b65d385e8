-- One row per shop and country of the order, `unknown` included: what was sold there.
-- Only shops that know countries.
with

countries as (

    select * from {{ ref('int_sales_by_group') }}
    where dimension_a = 'country' and dimension_b is null

),

final as (

    select
        -- ids
        shop_id,
        bucket_a as country,

        {{ sales_of_group() }},

        -- shares and ranks
        {{ revenue_share() }} as revenue_share,
        {{ group_revenue_rank('bucket_a') }} as revenue_rank
    from countries

)

select * from final
