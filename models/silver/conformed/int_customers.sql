-- One row per shop and customer.
with

final as (

    {{ union_shops('customers') }}

)

select * from final
