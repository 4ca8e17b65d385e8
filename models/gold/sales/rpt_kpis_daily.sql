-- One row per shop and day with an order or a session: the headline figures of that day.
with

orders as (

    select
        shop_id,
        order_date,
        {{ sales_measures() }}
    from {{ ref('int_orders') }}
    where order_date is not null
    group by shop_id, order_date

),

shop_medians as (

    select
        shop_id,
        percentile(gross_amount, 0.5) filter (where has_sale) as median_order_amount
    from {{ ref('int_orders') }}
    group by shop_id

),

sessions as (

    select
        shop_id,
        cast(started_at as date) as order_date,
        {{ session_measures() }}
    from {{ ref('fct_sessions') }}
    where started_at is not null
    group by shop_id, cast(started_at as date)

),

shops_with_sessions as (

    select distinct shop_id
    from sessions

),

final as (

    select
        -- ids
        coalesce(orders.shop_id, sessions.shop_id) as shop_id,
        coalesce(orders.order_date, sessions.order_date) as order_date,

        -- sales
        coalesce(orders.order_count, 0) as order_count,
        coalesce(orders.customer_count, 0) as customer_count,
        coalesce(orders.item_count, 0) as item_count,
        coalesce(orders.unit_count, 0) as unit_count,
        {{ amount('coalesce(orders.gross_amount, 0)') }} as gross_amount,
        {{ amount('coalesce(orders.returned_amount, 0)') }} as returned_amount,
        {{ rounded_net_amount('coalesce(orders.gross_amount, 0)', 'coalesce(orders.returned_amount, 0)') }}
            as net_amount,
        {{ amount('coalesce(orders.set_aside_amount, 0)') }} as set_aside_amount,
        {{ average_order_value('orders') }} as average_order_value,
        {{ ratio('orders.item_count', 'orders.order_count') }} as items_per_order,

        -- sessions
        if(shops_with_sessions.shop_id is null, null, coalesce(sessions.session_count, 0))
            as session_count,
        if(shops_with_sessions.shop_id is null, null, coalesce(sessions.converting_session_count, 0))
            as converting_session_count,
        {{ ratio('sessions.converting_session_count', 'sessions.session_count') }} as conversion_rate,
        if(shops_with_sessions.shop_id is null, null, coalesce(sessions.human_session_count, 0))
            as human_session_count,
        if(shops_with_sessions.shop_id is null, null, coalesce(sessions.human_converting_session_count, 0))
            as human_converting_session_count,
        {{ ratio('sessions.human_converting_session_count', 'sessions.human_session_count') }}
            as human_conversion_rate,

        -- advice
        case
            when orders.order_count > 0
                then {{ cross_sell_signal(
                    ratio('orders.item_count', 'orders.order_count'),
                    ratio('orders.gross_amount', 'orders.order_count'),
                    'shop_medians.median_order_amount'
                ) }}
        end as cross_sell_signal
    from orders
    full outer join sessions
        on
            orders.shop_id = sessions.shop_id
            and orders.order_date = sessions.order_date
    left join shops_with_sessions on coalesce(orders.shop_id, sessions.shop_id) = shops_with_sessions.shop_id
    left join shop_medians on coalesce(orders.shop_id, sessions.shop_id) = shop_medians.shop_id

)

select * from final
