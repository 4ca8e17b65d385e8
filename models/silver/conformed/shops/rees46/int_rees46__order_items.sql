-- One row per purchase event of rees46: a sale of one piece at the event's price.
with

events as (

    select * from {{ ref('stg_rees46__events') }}

),

final as (

    select
        'rees46' as shop_id,
        {{ not_recorded('order_items', except=['customer_id', 'ordered_at', 'unit_price']) }}
        event_id as order_item_id,
        session_id as order_id,
        user_id as customer_id,
        product_id,
        event_at as ordered_at,
        'sale' as line_type,
        true as is_sale,
        cast(1 as bigint) as quantity,
        price as unit_price,
        coalesce(price, 0) as gross_amount,
        cast(0 as decimal(18, 4)) as returned_amount,
        cast(0 as decimal(18, 4)) as set_aside_amount
    from events
    where event_type = 'purchase'

)

select * from final
