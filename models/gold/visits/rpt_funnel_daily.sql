-- One row per shop and day with a session that viewed a product: how many went on to cart and buy.
-- Each step counts the sessions that came that far or further.
with

sessions as (

    select * from {{ ref('int_sessions') }}
    where started_at is not null

),

steps as (

    select
        shop_id,
        cast(started_at as date) as session_date,
        {{ count_where('view_count > 0 or cart_count > 0 or purchase_count > 0') }} as sessions_viewed,
        {{ count_where('cart_count > 0 or purchase_count > 0') }} as sessions_carted,
        {{ count_where('purchase_count > 0') }} as sessions_purchased,
        {{ count_where('not is_robot and (view_count > 0 or cart_count > 0 or purchase_count > 0)') }}
            as human_sessions_viewed,
        {{ count_where('not is_robot and (cart_count > 0 or purchase_count > 0)') }} as human_sessions_carted,
        {{ count_where('not is_robot and purchase_count > 0') }} as human_sessions_purchased
    from sessions
    group by shop_id, cast(started_at as date)

),

final as (

    select
        -- ids
        shop_id,
        session_date,

        -- numerics
        sessions_viewed,
        sessions_carted,
        sessions_purchased,
        sessions_carted - sessions_purchased as sessions_abandoned,

        -- without robots
        human_sessions_viewed,
        human_sessions_carted,
        human_sessions_purchased,
        human_sessions_carted - human_sessions_purchased as human_sessions_abandoned,

        -- rates
        {{ ratio('sessions_carted', 'sessions_viewed') }} as view_to_cart_rate,
        {{ ratio('sessions_purchased', 'sessions_carted') }} as cart_to_purchase_rate,
        {{ ratio('(sessions_carted - sessions_purchased)', 'sessions_carted') }} as cart_abandonment_rate,
        {{ ratio('human_sessions_carted', 'human_sessions_viewed') }} as human_view_to_cart_rate,
        {{ ratio('human_sessions_purchased', 'human_sessions_carted') }} as human_cart_to_purchase_rate,
        {{ ratio('(human_sessions_carted - human_sessions_purchased)', 'human_sessions_carted') }}
            as human_cart_abandonment_rate
    from steps
    where sessions_viewed > 0

)

select * from final
