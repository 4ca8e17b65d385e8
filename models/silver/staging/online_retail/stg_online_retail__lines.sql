-- One row per distinct invoice line, with what it is: a sale, a return, or set aside and why.
{{ config(materialized='incremental', unique_key='invoice_date') }}

with

units as (

    {{ bronze_day_versions(
        source('online_retail', 'online_retail__lines'), 'invoice_at', 'invoice_date'
    ) }}

),

lines as (

    {{ distinct_rows(source('online_retail', 'online_retail__lines'), [
        'invoice', 'stock_code', 'description', 'quantity', 'invoice_at', 'unit_price',
        'customer_id', 'country'
    ], moment='invoice_at') }}

),

named as (

    select
        lines.*,
        upper(trim(lines.invoice)) as invoice_id,
        upper(trim(lines.stock_code)) as product_id,
        units.invoice_date,
        units._version
    from lines
    inner join units on cast(lines.invoice_at as date) <=> units.invoice_date

),

final as (

    select
        -- ids
        invoice_id,
        -- told by the line alone, whatever else the invoice holds
        invoice_id || '-' || left(md5(to_json(struct(
            invoice, stock_code, description, quantity, invoice_at, unit_price, customer_id, country
        ))), 12) as invoice_line_id,
        product_id,
        customer_id,

        -- strings
        nullif(trim(description), '') as description,
        nullif(trim(country), '') as country,
        case
            when invoice_id like 'A%' or unit_price < 0 then 'adjustment'
            when unit_price = 0 or (quantity < 0 and invoice_id not like 'C%') then 'stock_note'
            when product_id not rlike '^[0-9]{5}[A-Z]*$' then 'fee'
            when invoice_id like 'C%' then 'return'
            else 'sale'
        end as line_type,

        -- numerics
        cast(quantity as bigint) as quantity,
        unit_price,
        {{ line_amount('quantity * unit_price') }} as line_amount,

        -- dates and timestamps
        invoice_date,
        invoice_at,

        _batch_id,
        _version
    from named

)

select * from final
