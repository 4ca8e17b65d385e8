{# The history of every customer's segments: one row per customer and state, from when it held. #}
{% snapshot customer_segments %}

{{
    config(
        unique_key='customer_key',
        strategy='check',
        check_cols=['clv_segment', 'rfm_segment']
    )
}}

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

{% endsnapshot %}
