-- One row per shop and dimension that it records, of products, customers, orders or visits: and what
-- visitors did that can be told by it.
with

events as (

    select
        shop_id,
        count(traffic_source) as traffic_source_count,
        count(event_date) as date_count,
        count(*) > 0 as has_events,
        count(session_key) > 0 as has_sessions,
        count(if(product_key is null, null, session_key)) > 0 as has_product_sessions,
        count_if(event_type = 'view' and product_key is not null) > 0 as has_product_views,
        count_if(event_type = 'cart' and product_key is not null) > 0 as has_product_carts,
        count_if(event_type = 'purchase' and product_key is not null) > 0 as has_product_purchases
    from {{ ref('fct_events') }}
    group by shop_id

),

-- how often a dimension is said, and of whom: of the product that an event names, of the visitor, or
-- of an order alone
said as (

    select
        shop_id,
        stack(
            7,
            'category', 'product', count(category),
            'category_level_1', 'product', count(category_level_1),
            'category_level_2', 'product', count(category_level_2),
            'category_level_3', 'product', count(category_level_3),
            'category_level_4', 'product', count(category_level_4),
            'brand', 'product', count(brand),
            'department', 'product', count(department)
        ) as (dimension, told_by, said_count)
    from {{ ref('dim_products') }}
    group by shop_id
    union all
    select
        shop_id,
        stack(
            5,
            'country', 'visitor', count(country),
            'state', 'visitor', count(state),
            'gender', 'visitor', count(gender),
            'age_band', 'visitor', count(age_band),
            'traffic_source', 'visitor', count(traffic_source)
        ) as (dimension, told_by, said_count)
    from {{ ref('dim_customers') }}
    group by shop_id
    union all
    select
        shop_id,
        stack(
            5,
            'country', 'visitor', count(country),
            'season', 'visitor', count(season),
            'customer_segment', 'visitor', count(if(has_sale, customer_key, null)),
            'customer_type', 'order', count(if(ordered_at is null, null, customer_key)),
            'payment_method', 'order', count(payment_method)
        ) as (dimension, told_by, said_count)
    from {{ ref('fct_orders') }}
    group by shop_id
    union all
    select
        shop_id,
        stack(
            2,
            'season', 'visitor', date_count,
            'traffic_source', 'visitor', traffic_source_count
        ) as (dimension, told_by, said_count)
    from events

),

recorded as (

    select distinct
        shop_id,
        dimension,
        told_by
    from said
    where said_count > 0

),

final as (

    select
        -- ids
        recorded.shop_id,
        recorded.dimension,

        -- booleans: by the product that an event names, or by the visitor
        coalesce(if(recorded.told_by = 'product', events.has_product_views, events.has_events), false) as has_views,
        coalesce(if(recorded.told_by = 'product', events.has_product_carts, events.has_events), false) as has_carts,
        coalesce(if(recorded.told_by = 'product', events.has_product_purchases, events.has_events), false)
            as has_purchases,
        coalesce(if(recorded.told_by = 'product', events.has_product_sessions, events.has_sessions), false)
            as has_sessions
    from recorded
    left join events on recorded.shop_id = events.shop_id and recorded.told_by <> 'order'

)

select * from final
