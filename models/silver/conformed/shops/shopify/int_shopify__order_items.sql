-- One row per order line of shopify: less than nothing is a return.
with

order_lines as (

    select * from {{ ref('stg_shopify__orders') }}

),

orders as (

    select * from {{ ref('int_shopify__orders') }}

),

priced as (

    select
        *,
        {{ line_amount('coalesce(lineitem_quantity * lineitem_price, 0)') }} as worth
    from order_lines

),

final as (

    select
        'shopify' as shop_id,
        {{ not_recorded('order_items', except=['customer_id', 'unit_price']) }}
        priced.order_item_id,
        priced.order_id,
        orders.customer_id,
        priced.product_id,
        priced.lineitem_price as unit_price,
        -- unsure: does a line count as sold whatever the financial_status of its order?
        if(priced.worth < 0, 'return', 'sale') as line_type,
        priced.worth >= 0 as is_sale,
        cast(coalesce(priced.lineitem_quantity, 0) as bigint) as quantity,
        if(priced.worth >= 0, priced.worth, 0) as gross_amount,
        if(priced.worth < 0, -priced.worth, 0) as returned_amount,
        cast(0 as decimal(18, 4)) as set_aside_amount
    from priced
    left join orders on priced.order_id = orders.order_id

)

select * from final
