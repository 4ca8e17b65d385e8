-- One row per distribution centre of thelook.
with

distribution_centers as (

    select * from {{ ref('stg_thelook__distribution_centers') }}

),

final as (

    select
        'thelook' as shop_id,
        {{ not_recorded('distribution_centers', except=['distribution_center_name']) }}
        distribution_center_id,
        distribution_center_name
    from distribution_centers

)

select * from final
