-- One row per shop, day (null for what has none), dimension and bucket, `unknown` included: what was sold,
-- and what visitors did. Only dimensions that the shop records.
with

recorded as (

    select * from {{ ref('int_recorded_dimensions') }}

),

-- a day may have sales alone or visits alone, and none
parts as (

    select
        shop_id,
        placed_date as order_date,
        dimension,
        bucket,
        order_count,
        customer_count,
        unit_count,
        gross_amount,
        returned_amount,
        0 as view_count,
        0 as cart_count,
        0 as purchase_count,
        0 as session_count,
        0 as converting_session_count,
        true as is_of_sales
    from {{ ref('int_daily_sales') }}
    {%- for visits in ['int_daily_visits', 'int_daily_product_visits'] %}
    union all
    select
        shop_id,
        visit_date as order_date,
        dimension,
        bucket,
        0 as order_count,
        0 as customer_count,
        0 as unit_count,
        0 as gross_amount,
        0 as returned_amount,
        view_count,
        cart_count,
        purchase_count,
        session_count,
        converting_session_count,
        false as is_of_sales
    from {{ ref(visits) }}
    {%- endfor %}

),

days as (

    select
        shop_id,
        order_date,
        dimension,
        bucket,
        sum(order_count) as order_count,
        sum(customer_count) as customer_count,
        sum(unit_count) as unit_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        sum(view_count) as view_count,
        sum(cart_count) as cart_count,
        sum(purchase_count) as purchase_count,
        sum(session_count) as session_count,
        sum(converting_session_count) as converting_session_count,
        count_if(is_of_sales) > 0 as has_sales
    from parts
    group by shop_id, order_date, dimension, bucket

),

final as (

    select
        -- ids
        days.shop_id,
        days.order_date,
        days.dimension,
        days.bucket,

        -- sales
        days.order_count,
        days.customer_count,
        days.unit_count,
        {{ amount('days.gross_amount') }} as gross_amount,
        {{ amount('days.returned_amount') }} as returned_amount,
        {{ rounded_net_amount('days.gross_amount', 'days.returned_amount') }} as net_amount,

        -- visits
        if(recorded.has_views, days.view_count, null) as view_count,
        if(recorded.has_carts, days.cart_count, null) as cart_count,
        if(recorded.has_purchases, days.purchase_count, null) as purchase_count,
        if(recorded.has_sessions, days.session_count, null) as session_count,
        if(recorded.has_sessions and recorded.has_purchases, days.converting_session_count, null)
            as converting_session_count
    from days
    inner join recorded
        on
            days.shop_id = recorded.shop_id
            and days.dimension = recorded.dimension
    where
        days.has_sales
        or (recorded.has_views and days.view_count > 0)
        or (recorded.has_carts and days.cart_count > 0)
        or (recorded.has_purchases and days.purchase_count > 0)
        or (recorded.has_sessions and days.session_count > 0)

)

select * from final
