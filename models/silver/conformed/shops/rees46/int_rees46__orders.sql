-- One row per session of rees46 with a purchase: that is its order.
with

events as (

    select * from {{ ref('stg_rees46__events') }}

),

final as (

    select
        'rees46' as shop_id,
        {{ not_recorded('orders', except=['customer_id', 'ordered_at', 'season']) }}
        session_id as order_id,
        user_id as customer_id,
        min(event_at) as ordered_at,
        'Complete' as status,
        {{ season('min(event_at)') }} as season
    from events
    where event_type = 'purchase'
    group by session_id, user_id

)

select * from final
