-- One row per shop.
with

shops as (

    select * from {{ ref('shops') }}

),

final as (

    select
        shop_id,
        shop_name as name,
        currency_code,
        has_order_dates
    from shops

)

select * from final
