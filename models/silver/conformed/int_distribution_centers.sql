-- One row per shop and distribution centre.
with

final as (

    {{ union_shops('distribution_centers') }}

)

select * from final
