-- One row per shop and event of its web site or clickstream: what was viewed, carted and bought.
with

final as (

    {{ union_shops('events') }}

)

select * from final
