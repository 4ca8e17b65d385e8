-- One row per shop and day with a session that viewed a product: how many went on to cart and buy.
-- Each step counts the sessions that came that far or further.
{{ config(materialized='incremental', unique_key='session_date') }}

with

sessions as (

    select * from {{ ref('int_sessions') }}
    where session_date is not null

),

units as (

    {{ day_versions('sessions', 'session_date') }}

),

steps as (

    select
        shop_id,
        session_date,
        {{ count_where('view_count > 0 or cart_count > 0 or purchase_count > 0') }} as sessions_viewed,
        {{ count_where('cart_count > 0 or purchase_count > 0') }} as sessions_carted,
        {{ count_where('purchase_count > 0') }} as sessions_purchased,
        {{ count_where('not is_robot and (view_count > 0 or cart_count > 0 or purchase_count > 0)') }}
            as human_sessions_viewed,
        {{ count_where('not is_robot and (cart_count > 0 or purchase_count > 0)') }} as human_sessions_carted,
        {{ count_where('not is_robot and purchase_count > 0') }} as human_sessions_purchased
    from sessions
    where
        {{ in_stale_days('session_date') }}
    group by shop_id, session_date

),

final as (

    select
        -- ids
        steps.shop_id,
        steps.session_date,

        -- numerics
        steps.sessions_viewed,
        steps.sessions_carted,
        steps.sessions_purchased,
        steps.sessions_carted - steps.sessions_purchased as sessions_abandoned,

        -- without robots
        steps.human_sessions_viewed,
        steps.human_sessions_carted,
        steps.human_sessions_purchased,
        steps.human_sessions_carted - steps.human_sessions_purchased as human_sessions_abandoned,

        -- rates
        {{ ratio('steps.sessions_carted', 'steps.sessions_viewed') }} as view_to_cart_rate,
        {{ ratio('steps.sessions_purchased', 'steps.sessions_carted') }} as cart_to_purchase_rate,
        {{ ratio('(steps.sessions_carted - steps.sessions_purchased)', 'steps.sessions_carted') }}
            as cart_abandonment_rate,
        {{ ratio('steps.human_sessions_carted', 'steps.human_sessions_viewed') }} as human_view_to_cart_rate,
        {{ ratio('steps.human_sessions_purchased', 'steps.human_sessions_carted') }} as human_cart_to_purchase_rate,
        {{ ratio(
            '(steps.human_sessions_carted - steps.human_sessions_purchased)', 'steps.human_sessions_carted'
        ) }}
            as human_cart_abandonment_rate,

        units._version
    from steps
    inner join units on steps.session_date = units.session_date
    where steps.sessions_viewed > 0

)

select * from final
