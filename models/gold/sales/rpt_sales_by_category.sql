-- One row per shop and category, `unknown` included: what it sold, and its share of the shop.
-- Only shops that have categories.
with

categories as (

    select * from {{ ref('int_sales_by_group') }}
    where dimension_a = 'category' and dimension_b is null

),

final as (

    select
        -- ids
        shop_id,
        bucket_a as category,

        {{ sales_of_group() }},

        -- shares and ranks
        {{ revenue_share() }} as revenue_share,
        {{ group_revenue_rank('bucket_a') }} as revenue_rank
    from categories

)

select * from final
