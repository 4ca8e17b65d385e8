-- One row per shop and customer, with orders or without: the groups that they belong to.
with

customers as (

    select * from {{ ref('dim_customers') }}

),

final as (

    select
        -- ids
        shop_id,
        customer_key,

        -- groups
        country,
        gender,
        age_band
    from customers

)

select * from final
