-- One row per shop and department, `unknown` included: what it sold, and its share of the shop.
-- Only shops that have departments.
with

departments as (

    select * from {{ ref('int_sales_by_group') }}
    where dimension_a = 'department' and dimension_b is null

),

final as (

    select
        -- ids
        shop_id,
        bucket_a as department,

        {{ sales_of_group() }},

        -- shares and ranks
        {{ revenue_share() }} as revenue_share,
        {{ group_revenue_rank('bucket_a') }} as revenue_rank
    from departments

)

select * from final
