-- One row per shop and product with a forecast that was ever in stock: when to order it again, and how much.
with

forecasts as (

    select * from {{ ref('ml_demand_forecast') }}
    where level = 'product' and grain = 'day'

),

stock as (

    select * from {{ ref('rpt_inventory_status') }}

),

projected as (

    select
        forecasts.*,
        stock.on_hand_count,
        sum(forecasts.units) over (
            partition by forecasts.shop_id, forecasts.item
            order by forecasts.horizon
        ) as units_to_date
    from forecasts
    inner join stock
        on
            forecasts.shop_id = stock.shop_id
            and forecasts.item = stock.product_id

),

lead_times as (

    select
        shop_id,
        item,
        max(product_key) as product_key,
        max(item_name) as product_name,
        max(as_of_date) as as_of_date,
        max(on_hand_count) as on_hand_count,
        max(if(horizon = {{ var('reorder_lead_days') }}, units_to_date, null)) as lead_time_units,
        max(if(horizon = {{ var('reorder_lead_days') }}, error_to_date, null)) as lead_time_error,
        max(
            if(horizon = {{ var('reorder_lead_days') + var('reorder_cover_days') }}, units_to_date, null)
        ) as covered_units
    from projected
    group by shop_id, item

),

points as (

    select
        *,
        ceil(lead_time_error * {{ normal_quantile(var('reorder_service_level')) }}) as safety_stock,
        ceil(lead_time_units + lead_time_error * {{ normal_quantile(var('reorder_service_level')) }})
            as reorder_point
    from lead_times

),

-- the day in whose course what is on hand falls to the reorder point, and what is left the evening before
due_days as (

    select
        projected.shop_id,
        projected.item,
        min(projected.forecast_date) as due_date,
        min(projected.units_to_date - projected.units) as units_before
    from projected
    inner join points
        on
            projected.shop_id = points.shop_id
            and projected.item = points.item
            and projected.on_hand_count - projected.units_to_date <= points.reorder_point
    group by projected.shop_id, projected.item

),

final as (

    select
        -- ids
        points.shop_id,
        points.product_key,
        points.item as product_id,
        points.product_name,

        -- what is there, and what is expected
        points.on_hand_count,
        points.lead_time_units,
        points.lead_time_error,

        -- what to do
        cast(points.safety_stock as bigint) as safety_stock,
        cast(points.reorder_point as bigint) as reorder_point,
        points.on_hand_count <= points.reorder_point as is_reorder_due,
        if(points.on_hand_count <= points.reorder_point, points.as_of_date, due_days.due_date)
            as reorder_by_date,
        -- what an order of that day brings stock to, less what is left by then
        if(
            due_days.item is null,
            null,
            cast(
                ceil(greatest(
                    points.reorder_point + points.covered_units - points.lead_time_units
                    - (points.on_hand_count - due_days.units_before),
                    0
                )) as bigint
            )
        ) as suggested_units,

        -- dates
        points.as_of_date
    from points
    left join due_days
        on
            points.shop_id = due_days.shop_id
            and points.item = due_days.item

)

select * from final
