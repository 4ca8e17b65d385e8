-- One row per shop and order line, also cancelled ones, fees and adjustments. Amounts may be summed.
with

order_items as (

    select * from {{ ref('int_order_items') }}

),

final as (

    select
        -- ids
        shop_id,
        {{ entity_key('order_item_id') }} as order_item_key,
        {{ entity_key('order_id') }} as order_key,
        {{ entity_key('product_id') }} as product_key,
        {{ entity_key('customer_id') }} as customer_key,

        -- strings
        line_type,

        -- numerics
        quantity,
        unit_price,
        gross_amount,
        returned_amount,
        net_amount,
        set_aside_amount,
        other_currency_amount,
        cost_amount,
        margin_amount,

        -- booleans
        is_sale,

        -- timestamps
        ordered_at
    from order_items

)

select * from final
