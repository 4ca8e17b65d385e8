-- One row: what bronze holds of online_retail, straight from it, for the reconciliation with gold.
with

lines as (

    select distinct
        invoice,
        stock_code,
        description,
        quantity,
        invoice_at,
        unit_price,
        customer_id,
        country
    from {{ source('online_retail', 'online_retail__lines') }}
    where
        {{ is_loaded_and_clean() }}

),

final as (

    select
        'online_retail' as shop_id,
        count(*) as line_count,
        {{ line_amount('sum(quantity * unit_price)') }} as line_amount,
        cast(null as bigint) as event_count
    from lines

)

select * from final
