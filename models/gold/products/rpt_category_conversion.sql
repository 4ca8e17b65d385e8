-- One row per shop and category code: how often its products were seen, carted and bought.
-- Only shops whose purchase events name a product.
with

events as (

    select * from {{ ref('fct_events') }}

),

products as (

    select * from {{ ref('dim_products') }}
    where category_code is not null

),

recording_shops as (

    select distinct shop_id
    from {{ ref('int_product_engagement') }}
    where purchase_count is not null

),

-- By session first: a distinct count of sessions would sort the events several times over.
category_sessions as (

    select
        events.shop_id,
        products.category_code,
        events.session_key,
        {{ count_where("events.event_type = 'view'") }} as view_count,
        {{ count_where("events.event_type = 'cart'") }} as cart_count,
        {{ count_where("events.event_type = 'purchase'") }} as purchase_count,
        {{ count_where('events.is_robot') }} > 0 as is_robot
    from events
    inner join products on events.product_key = products.product_key
    inner join recording_shops on events.shop_id = recording_shops.shop_id
    group by events.shop_id, products.category_code, events.session_key

),

categories as (

    select
        shop_id,
        category_code,
        sum(view_count) as view_count,
        sum(cart_count) as cart_count,
        sum(purchase_count) as purchase_count,
        count(session_key) as session_count,
        {{ count_where('session_key is not null and purchase_count > 0') }} as converting_session_count,
        sum(if(is_robot, 0, view_count)) as human_view_count,
        sum(if(is_robot, 0, purchase_count)) as human_purchase_count,
        {{ count_where('session_key is not null and not is_robot') }} as human_session_count,
        {{ count_where('session_key is not null and purchase_count > 0 and not is_robot') }}
            as human_converting_session_count
    from category_sessions
    group by shop_id, category_code

),

final as (

    select
        -- ids
        shop_id,
        category_code,

        -- numerics
        view_count,
        cart_count,
        purchase_count,
        session_count,
        converting_session_count,

        -- without robots
        human_view_count,
        human_purchase_count,
        human_session_count,
        human_converting_session_count,

        -- rates
        {{ ratio('purchase_count', 'view_count') }} as conversion_rate,
        {{ ratio('converting_session_count', 'session_count') }} as session_conversion_rate,
        {{ ratio('human_purchase_count', 'human_view_count') }} as human_conversion_rate,
        {{ ratio('human_converting_session_count', 'human_session_count') }} as human_session_conversion_rate,

        -- ranks
        {{ conversion_rank('view_count', 'purchase_count', 'category_code') }} as conversion_rank
    from categories

)

select * from final
