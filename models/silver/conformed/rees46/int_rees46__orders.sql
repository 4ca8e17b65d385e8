-- One row per session of rees46 with a purchase: that is its order.
with

events as (

    select * from {{ ref('stg_rees46__events') }}

),

final as (

    select
        'rees46' as shop_id,
        session_id as order_id,
        user_id as customer_id,
        min(event_at) as ordered_at,
        'Complete' as status,
        cast(null as string) as country,
        {{ season('min(event_at)') }} as season,
        {{ no_order_attributes() }}
    from events
    where event_type = 'purchase'
    group by session_id, user_id

)

select * from final
