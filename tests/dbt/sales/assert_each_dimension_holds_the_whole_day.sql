-- Every dimension that a shop records holds, day by day and in all, its units and amounts; its events,
-- where they can be told by it; its orders and sessions, where they are in one bucket. And no other
-- dimension is reported.
with

said as (

    select
        shop_id,
        stack(
            7,
            'category', count(category), false, false,
            'category_level_1', count(category_level_1), false, false,
            'category_level_2', count(category_level_2), false, false,
            'category_level_3', count(category_level_3), false, false,
            'category_level_4', count(category_level_4), false, false,
            'brand', count(brand), false, false,
            'department', count(department), false, false
        ) as (dimension, said_count, has_whole_orders, has_whole_sessions)
    from {{ ref('dim_products') }}
    group by shop_id
    union all
    select
        shop_id,
        stack(
            5,
            'country', count(country), true, true,
            'state', count(state), false, true,
            'age_band', count(age_band), false, true,
            'gender', count(gender), false, true,
            'traffic_source', count(traffic_source), false, true
        ) as (dimension, said_count, has_whole_orders, has_whole_sessions)
    from {{ ref('dim_customers') }}
    group by shop_id
    union all
    select
        shop_id,
        stack(
            5,
            'country', count(country), true, true,
            'season', count(season), true, true,
            'customer_segment', count(if(has_sale, customer_key, null)), false, true,
            'customer_type', count(if(order_date is null, null, customer_key)), true, false,
            'payment_method', count(payment_method), true, false
        ) as (dimension, said_count, has_whole_orders, has_whole_sessions)
    from {{ ref('fct_orders') }}
    group by shop_id
    union all
    select
        shop_id,
        stack(
            2,
            'season', count(session_date), true, true,
            'traffic_source', count(traffic_source), false, true
        ) as (dimension, said_count, has_whole_orders, has_whole_sessions)
    from {{ ref('fct_sessions') }}
    group by shop_id

),

dimensions as (

    select distinct
        shop_id,
        dimension,
        has_whole_orders,
        has_whole_sessions
    from said
    where said_count > 0

),

events as (

    select
        shop_id,
        event_date as order_date,
        grouping(event_date) = 1 as is_total,
        count_if(event_type = 'view') as view_count,
        count_if(event_type = 'cart') as cart_count,
        count_if(event_type = 'purchase') as purchase_count
    from {{ ref('int_events') }}
    group by grouping sets ((shop_id, event_date), (shop_id))

),

kpis as (

    select
        shop_id,
        order_date,
        false as is_total,
        order_count,
        unit_count,
        gross_amount,
        returned_amount,
        session_count,
        converting_session_count
    from {{ ref('rpt_kpis_daily') }}
    union all
    select
        shop_id,
        null as order_date,
        true as is_total,
        order_count,
        unit_count,
        gross_amount,
        returned_amount,
        session_count,
        converting_session_count
    from {{ ref('rpt_kpis') }}

),

days as (

    select
        coalesce(kpis.shop_id, events.shop_id) as shop_id,
        coalesce(kpis.order_date, events.order_date) as order_date,
        coalesce(kpis.is_total, events.is_total) as is_total,
        kpis.order_count,
        kpis.unit_count,
        kpis.gross_amount,
        kpis.returned_amount,
        kpis.session_count,
        kpis.converting_session_count,
        events.view_count,
        events.cart_count,
        events.purchase_count
    from kpis
    full outer join events
        on
            kpis.shop_id = events.shop_id
            and kpis.is_total = events.is_total
            and kpis.order_date <=> events.order_date

),

expected as (

    select
        dimensions.dimension,
        dimensions.has_whole_orders,
        dimensions.has_whole_sessions,
        days.*
    from dimensions
    inner join days on dimensions.shop_id = days.shop_id

),

held as (

    select
        shop_id,
        dimension,
        order_date,
        grouping(order_date) = 1 as is_total,
        sum(order_count) as order_count,
        sum(unit_count) as unit_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        sum(session_count) as session_count,
        sum(converting_session_count) as converting_session_count,
        sum(view_count) as view_count,
        sum(cart_count) as cart_count,
        sum(purchase_count) as purchase_count,
        count(*) as row_count
    from {{ ref('rpt_sales_daily_by') }}
    group by grouping sets ((shop_id, dimension, order_date), (shop_id, dimension))

),

-- what has no day is in the total alone
whole_days as (

    select * from held
    where is_total or order_date is not null

),

compared as (

    select
        coalesce(held.shop_id, expected.shop_id) as shop_id,
        coalesce(held.dimension, expected.dimension) as dimension,
        coalesce(held.order_date, expected.order_date) as order_date,
        coalesce(held.is_total, expected.is_total) as is_total,
        expected.shop_id is not null as is_expected,
        coalesce(held.unit_count, 0) - coalesce(expected.unit_count, 0) as units_off,
        coalesce(held.gross_amount, 0) - coalesce(expected.gross_amount, 0) as gross_off,
        coalesce(held.returned_amount, 0) - coalesce(expected.returned_amount, 0) as returned_off,
        if(
            expected.has_whole_orders,
            coalesce(held.order_count, 0) - coalesce(expected.order_count, 0),
            0
        ) as orders_off,
        if(
            expected.has_whole_sessions,
            coalesce(held.session_count, 0) - coalesce(expected.session_count, 0),
            0
        ) as sessions_off,
        if(
            expected.has_whole_sessions,
            coalesce(held.converting_session_count, 0) - coalesce(expected.converting_session_count, 0),
            0
        ) as converting_sessions_off,
        coalesce(held.view_count - coalesce(expected.view_count, 0), 0) as views_off,
        coalesce(held.cart_count - coalesce(expected.cart_count, 0), 0) as carts_off,
        coalesce(held.purchase_count - coalesce(expected.purchase_count, 0), 0) as purchases_off,
        -- each row is rounded, and so is what it is compared with
        0.005 * (coalesce(held.row_count, 0) + 1) as rounding
    from whole_days as held
    full outer join expected
        on
            held.shop_id = expected.shop_id
            and held.dimension = expected.dimension
            and held.is_total = expected.is_total
            and held.order_date <=> expected.order_date

)

select *
from compared
where
    (is_total and not is_expected)
    or units_off <> 0
    or orders_off <> 0
    or sessions_off <> 0
    or converting_sessions_off <> 0
    or views_off <> 0
    or carts_off <> 0
    or purchases_off <> 0
    or abs(gross_off) > rounding
    or abs(returned_off) > rounding
