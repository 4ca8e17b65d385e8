-- One row per shop: its headline figures over all time.
with

shops as (

    select shop_id from {{ ref('dim_shops') }}

),

orders as (

    select
        shop_id,
        {{ sales_measures() }},
        {{ count_where('is_other_currency') }} as other_currency_order_count
    from {{ ref('int_orders') }}
    group by shop_id

),

sales as (

    select * from {{ ref('int_orders') }}
    where has_sale

),

medians as (

    select
        shop_id,
        {{ percentile_of(0.5, 'gross_amounts') }} as median_order_amount
    from (
        {{ values_at(percentile_places(0.5), {'gross_amounts': 'gross_amount'}, 'sales') }}
    )

),

sessions as (

    select
        shop_id,
        {{ session_measures() }}
    from {{ ref('fct_sessions') }}
    group by shop_id

),

final as (

    select
        -- ids
        shops.shop_id,

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
        coalesce(orders.other_currency_order_count, 0) as other_currency_order_count,
        {{ average_order_value('orders') }} as average_order_value,
        {{ amount('medians.median_order_amount') }} as median_order_amount,
        {{ ratio('orders.item_count', 'orders.order_count') }} as items_per_order,

        -- sessions
        sessions.session_count,
        sessions.converting_session_count,
        {{ ratio('sessions.converting_session_count', 'sessions.session_count') }} as conversion_rate,
        sessions.human_session_count,
        sessions.human_converting_session_count,
        {{ ratio('sessions.human_converting_session_count', 'sessions.human_session_count') }}
            as human_conversion_rate,

        -- advice
        case
            when orders.order_count > 0
                then {{ cross_sell_signal(
                    ratio('orders.item_count', 'orders.order_count'),
                    ratio('orders.gross_amount', 'orders.order_count'),
                    'medians.median_order_amount'
                ) }}
        end as cross_sell_signal
    from shops
    left join orders on shops.shop_id = orders.shop_id
    left join medians on shops.shop_id = medians.shop_id
    left join sessions on shops.shop_id = sessions.shop_id

)

select * from final
