-- One row per shop and customer that was scored: the segment they are in.
with

segments as (

    select * from {{ source('ml', 'customer_segments') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

final as (

    select
        -- ids
        segments.shop_id,
        segments.customer_key,
        customers.customer_id,

        -- strings
        segments.segment,
        segments.source
    from segments
    inner join customers on segments.customer_key = customers.customer_key

)

select * from final
