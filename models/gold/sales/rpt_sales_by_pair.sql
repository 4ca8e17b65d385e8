-- One row per shop, two dimensions and a bucket of each, `unknown` included: what was sold in both.
-- Only shops whose sales tell both.
with

pairs as (

    select * from {{ ref('int_sales_by_group') }}
    where dimension_b is not null

),

final as (

    select
        -- ids
        shop_id,
        dimension_a,
        dimension_b,
        bucket_a,
        bucket_b,

        {{ sales_of_group() }}
    from pairs

)

select * from final
