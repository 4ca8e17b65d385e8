-- One row per shop and session. Counts and revenue may be summed.
with

sessions as (

    select * from {{ ref('int_sessions') }}

),

final as (

    select
        -- ids
        shop_id,
        {{ entity_key('session_id') }} as session_key,
        {{ entity_key('customer_id') }} as customer_key,

        -- strings
        traffic_source,

        -- numerics
        event_count,
        view_count,
        cart_count,
        purchase_count,
        revenue_amount,

        -- booleans
        is_converted,
        is_cart_abandoned,
        is_robot,

        -- timestamps
        started_at,
        ended_at
    from sessions

)

select * from final
