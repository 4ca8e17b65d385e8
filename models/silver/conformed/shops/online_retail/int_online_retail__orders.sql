-- One row per invoice of online_retail. A few invoices carry two timestamps: the first counts.
with

lines as (

    select * from {{ ref('stg_online_retail__lines') }}

),

final as (

    select
        'online_retail' as shop_id,
        {{ not_recorded('orders', except=['customer_id', 'ordered_at', 'country', 'season']) }}
        invoice_id as order_id,
        min(customer_id) as customer_id,
        min(invoice_at) as ordered_at,
        case
            when invoice_id like 'C%' then 'Returned'
            when invoice_id like 'A%' then 'Adjustment'
            else 'Complete'
        end as status,
        min(country) as country,
        {{ season('min(invoice_at)') }} as season
    from lines
    group by invoice_id

)

select * from final
