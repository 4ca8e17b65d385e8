-- One row per shop, customer with a sale, and day as of which they are described.
with

dates as (

    select * from {{ ref('int_feature_dates') }}

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

session_days as (

    select
        shop_id,
        customer_id,
        cast(ended_at as date) as day,
        {{ session_measures() }}
    from {{ ref('int_sessions') }}
    group by shop_id, customer_id, cast(ended_at as date)

),

shops_with_sessions as (

    select distinct shop_id
    from session_days

),

sales as (

    select
        customer_days.shop_id,
        customer_days.customer_id,
        dates.as_of_date,
        max(dates.is_latest) as is_latest,
        max(dates.is_holdout) as is_holdout,
        sum(customer_days.order_count) as order_count,
        sum(if(customer_days.day > date_sub(dates.as_of_date, 90), customer_days.order_count, 0)) as recent_order_count,
        sum(customer_days.item_count) as item_count,
        sum(customer_days.unit_count) as unit_count,
        sum(customer_days.gross_amount) as gross_amount,
        sum(customer_days.returned_amount) as returned_amount,
        sum(customer_days.known_cost_net_amount) as known_cost_net_amount,
        sum(customer_days.profit_amount) as profit_amount,
        min(if(customer_days.order_count > 0, customer_days.day, null)) as first_order_date,
        max(if(customer_days.order_count > 0, customer_days.day, null)) as last_order_date
    from customer_days
    inner join dates
        on
            customer_days.shop_id = dates.shop_id
            and {{ is_known('customer_days.day', 'dates.as_of_date') }}
    group by customer_days.shop_id, customer_days.customer_id, dates.as_of_date
    having sum(customer_days.order_count) > 0

),

sessions as (

    select
        session_days.shop_id,
        session_days.customer_id,
        dates.as_of_date,
        sum(session_days.session_count) as session_count,
        sum(session_days.converting_session_count) as converting_session_count
    from session_days
    inner join dates
        on
            session_days.shop_id = dates.shop_id
            and {{ is_known('session_days.day', 'dates.as_of_date') }}
    group by session_days.shop_id, session_days.customer_id, dates.as_of_date

),

final as (

    select
        -- ids
        sales.shop_id,
        {{ feature_key(['sales.customer_id'], 'sales.as_of_date', 'sales.shop_id') }} as feature_key,
        {{ entity_key('sales.customer_id', 'sales.shop_id') }} as customer_key,
        sales.customer_id,

        -- orders
        sales.order_count,
        if(sales.as_of_date is null, null, sales.recent_order_count) as recent_order_count,
        sales.item_count,
        sales.unit_count,

        -- amounts
        {{ rounded_net_amount('sales.gross_amount', 'sales.returned_amount') }} as total_spent,
        {{ amount('sales.returned_amount') }} as returned_amount,
        {{ average_order_value('sales') }} as average_order_value,
        {{ amount('sales.profit_amount') }} as total_profit,
        {{ ratio('sales.profit_amount', 'sales.known_cost_net_amount') }} as profit_margin,
        {{ ratio('sales.known_cost_net_amount', '(sales.gross_amount - sales.returned_amount)') }}
            as known_cost_share,

        -- time
        cast(datediff(sales.as_of_date, sales.last_order_date) as bigint) as recency_days,
        cast(datediff(sales.as_of_date, sales.first_order_date) as bigint) as tenure_days,

        -- sessions
        if(shops_with_sessions.shop_id is null, null, coalesce(sessions.session_count, 0)) as session_count,
        if(shops_with_sessions.shop_id is null, null, coalesce(sessions.converting_session_count, 0))
            as converting_session_count,

        -- booleans
        sales.is_latest,
        sales.is_holdout,

        -- dates
        sales.first_order_date,
        sales.last_order_date,
        sales.as_of_date
    from sales
    left join sessions
        on
            sales.shop_id = sessions.shop_id
            and sales.customer_id = sessions.customer_id
            and sales.as_of_date = sessions.as_of_date
    left join shops_with_sessions on sales.shop_id = shops_with_sessions.shop_id

)

select * from final
