-- One row per invoice line of online_retail, in conformed terms.
with

lines as (

    select * from {{ ref('stg_online_retail__lines') }}

),

final as (

    select
        'online_retail' as shop_id,
        {{ not_recorded('order_items', except=['customer_id', 'ordered_at', 'unit_price', 'returned_at']) }}
        invoice_line_id as order_item_id,
        invoice_id as order_id,
        customer_id,
        product_id,
        invoice_at as ordered_at,
        line_type,
        line_type = 'sale' as is_sale,
        quantity,
        unit_price,
        if(line_type = 'sale', line_amount, 0) as gross_amount,
        if(line_type = 'return', -line_amount, 0) as returned_amount,
        if(line_type in ('sale', 'return'), 0, line_amount) as set_aside_amount,
        if(line_type = 'return', invoice_at, null) as returned_at
    from lines

)

select * from final
