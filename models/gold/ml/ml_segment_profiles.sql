-- One row per shop and segment: who is in it, as means of its customers.
with

profiles as (

    select * from {{ source('ml', 'segment_profiles') }}

),

final as (

    select
        -- ids
        shop_id,
        segment,

        -- strings
        description,
        source,

        -- its size
        customer_count,
        customer_share,
        sales_share,

        -- its mean customer
        mean_order_count,
        mean_spent,
        mean_order_value,
        mean_profit,
        mean_margin
    from profiles

)

select * from final
