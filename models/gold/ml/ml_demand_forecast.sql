-- One row per shop, level, item, grain and day or week to come: pieces expected, and between which bounds.
with

forecasts as (

    select * from {{ source('ml', 'demand_forecast') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

final as (

    select
        -- ids
        forecasts.shop_id,
        forecasts.level,
        forecasts.item,
        products.product_key,
        products.product_name as item_name,
        forecasts.grain,
        forecasts.forecast_date,
        forecasts.horizon,

        -- numerics
        forecasts.units,
        forecasts.lower,
        forecasts.upper,
        forecasts.error_to_date,

        -- how it came about
        forecasts.source,
        forecasts.run_id,
        forecasts.as_of_date
    from forecasts
    left join products
        on
            forecasts.shop_id = products.shop_id
            and forecasts.item = products.product_id
            and forecasts.level = 'product'

)

select * from final
