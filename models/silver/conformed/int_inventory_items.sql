-- One row per shop and physical item that was ever in stock.
with

final as (

    {{ union_shops('inventory_items') }}

)

select * from final
