-- One row per shop, level, item and week to come that suits a promotion: it would sell far less, or
-- far more, than the item's mean week.
with

weeks as (

    select * from {{ source('ml', 'promotion_calendar') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

final as (

    select
        -- ids
        weeks.shop_id,
        weeks.level,
        weeks.item,
        products.product_key,
        products.product_name as item_name,
        weeks.week_start,
        weeks.horizon,

        -- why
        weeks.kind,
        weeks.units,
        weeks.mean_units,
        weeks.demand_index,

        -- how it came about
        weeks.source,
        weeks.run_id
    from weeks
    left join products
        on
            weeks.shop_id = products.shop_id
            and weeks.item = products.product_id
            and weeks.level = 'product'

)

select * from final
