-- One row per shop and customer with a sale: their segments now. Their history is kept from here.
with

clv as (

    select * from {{ ref('rpt_customer_clv') }}

),

rfm as (

    select * from {{ ref('rpt_customer_rfm') }}

),

final as (

    select
        clv.shop_id,
        clv.customer_key,
        clv.clv_segment,
        rfm.rfm_segment
    from clv
    left join rfm on clv.customer_key = rfm.customer_key

)

select * from final
