-- One row: what bronze holds of thelook, straight from it, for the reconciliation with gold. An item
-- exported again counts as its newest export says; a returned one brings nothing.
with

exports as (

    {{ loaded_exports() }}

),

order_items as (

    select
        arrived.order_item_id,
        max_by(arrived.status, exports._export_number) as status,
        max_by(arrived.sale_price, exports._export_number) as sale_price
    from {{ source('thelook', 'thelook__order_items') }} as arrived
    inner join exports on arrived._batch_id = exports._export_batch_id
    where arrived._rescued is null
    group by arrived.order_item_id

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
