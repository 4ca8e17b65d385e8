-- One row: what bronze holds of thelook, straight from it, for the reconciliation with gold. An item
-- exported again counts as its newest export says; a returned one brings nothing.
with

order_items as (

    select
        order_item_id,
        max_by(status, _ingested_at) as status,
        max_by(sale_price, _ingested_at) as sale_price
    from {{ source('thelook', 'thelook__order_items') }}
    where
        {{ is_loaded_and_clean() }}
    group by order_item_id

),

events as (

    select count(distinct event_id) as event_count
    from {{ source('thelook', 'thelook__events') }}
    where
        {{ is_loaded_and_clean() }}

),

final as (

    select
        'thelook' as shop_id,
        count(order_items.order_item_id) as line_count,
        {{ line_amount("sum(if(order_items.status = 'Returned', 0, order_items.sale_price))") }}
            as line_amount,
        any_value(events.event_count) as event_count
    from order_items
    cross join events

)

select * from final
