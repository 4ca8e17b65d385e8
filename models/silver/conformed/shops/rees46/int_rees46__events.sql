-- One row per event of rees46, in conformed terms.
with

events as (

    select * from {{ ref('stg_rees46__events') }}

),

final as (

    select
        'rees46' as shop_id,
        {{ not_recorded('events', except=[
            'session_id', 'customer_id', 'product_id', 'event_date', 'event_at', 'price'
        ]) }}
        event_id,
        session_id,
        user_id as customer_id,
        product_id,
        event_type,
        event_date,
        event_at,
        price,
        _version
    from events

)

select * from final
