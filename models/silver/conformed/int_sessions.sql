-- One row per shop and session: how far it came, and what it brought.
with

events as (

    select * from {{ ref('int_events') }}

),

final as (

    select
        -- ids
        shop_id,
        session_id,
        min(customer_id) as customer_id,

        -- strings
        min_by(traffic_source, struct(event_at, event_id)) as traffic_source,

        -- numerics
        count(*) as event_count,
        {{ count_where("event_type = 'view'") }} as view_count,
        {{ count_where("event_type = 'cart'") }} as cart_count,
        {{ count_where("event_type = 'purchase'") }} as purchase_count,
        {{ amount("sum(price * if(event_type = 'purchase', 1, 0))") }} as revenue_amount,

        -- booleans
        count_if(event_type = 'purchase') > 0 as is_converted,
        count_if(event_type = 'cart') > 0 and count_if(event_type = 'purchase') = 0 as is_cart_abandoned,

        -- timestamps
        min(event_at) as started_at,
        max(event_at) as ended_at
    from events
    where session_id is not null
    group by shop_id, session_id

)

select * from final
