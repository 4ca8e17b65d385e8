-- One row per shop and season, `unknown` for orders without a date included: what was sold in it.
-- Only shops that know when or in which season they sold.
with

seasons as (

    select * from {{ ref('int_sales_by_group') }}
    where dimension_a = 'season' and dimension_b is null

),

final as (

    select
        -- ids
        shop_id,
        bucket_a as season,

        {{ sales_of_group() }},

        -- shares and ranks
        {{ revenue_share() }} as revenue_share,
        {{ group_revenue_rank('bucket_a') }} as revenue_rank
    from seasons

)

select * from final
