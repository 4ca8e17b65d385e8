-- One row per shop, level, item and day that sold far more, or far less, than was to be expected.
with

final as (

    select
        -- ids
        shop_id,
        level,
        item,
        sale_date,

        -- numerics
        cast(actual_units as bigint) as actual_units,
        expected_units,
        lower,
        upper,
        robust_z,

        -- how it came about
        source,
        run_id
    from {{ source('ml', 'sales_anomalies') }}

)

select * from final
