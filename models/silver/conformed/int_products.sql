-- One row per shop and product.
with

final as (

    {{ union_shops('products') }}

)

select * from final
