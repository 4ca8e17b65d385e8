-- One row per shop, day (null without one), dimension of products that the shop records, and bucket,
-- `unknown` included: what happened to its products on the day, and how many sessions of it met them.
with

events as (

    select * from {{ ref('fct_events') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

recorded as (

    select * from {{ ref('int_recorded_dimensions') }}

),

-- by day, and by session, in one pass
grouped as (

    select
        shop_id,
        product_key,
        event_date,
        session_key,
        grouping(session_key) = 0 as is_of_session,
        {{ count_where("event_type = 'view'") }} as view_count,
        {{ count_where("event_type = 'cart'") }} as cart_count,
        {{ count_where("event_type = 'purchase'") }} as purchase_count
    from events
    group by grouping sets ((shop_id, product_key, event_date), (shop_id, product_key, session_key))

),

bucketed as (

    select
        grouped.*,
        stack(
            7,
            'category', products.category,
            'category_level_1', products.category_level_1,
            'category_level_2', products.category_level_2,
            'category_level_3', products.category_level_3,
            'category_level_4', products.category_level_4,
            'brand', products.brand,
            'department', products.department
        ) as (dimension, bucket)
    from grouped
    left join products on grouped.product_key = products.product_key
    -- a session meets a bucket by a product
    where not grouped.is_of_session or (grouped.session_key is not null and grouped.product_key is not null)

),

-- a session counts once in a bucket, however many of its products it met
met as (

    select
        bucketed.shop_id,
        bucketed.dimension,
        {{ or_unknown('bucketed.bucket') }} as bucket,
        bucketed.event_date,
        bucketed.session_key,
        bucketed.is_of_session,
        sum(bucketed.view_count) as view_count,
        sum(bucketed.cart_count) as cart_count,
        sum(bucketed.purchase_count) as purchase_count
    from bucketed
    inner join recorded
        on
            bucketed.shop_id = recorded.shop_id
            and bucketed.dimension = recorded.dimension
    group by
        bucketed.shop_id, bucketed.dimension, {{ or_unknown('bucketed.bucket') }}, bucketed.event_date,
        bucketed.session_key, bucketed.is_of_session

),

final as (

    select
        -- ids
        met.shop_id,
        if(met.is_of_session, sessions.session_date, met.event_date) as visit_date,
        met.dimension,
        met.bucket,

        -- events of the day
        sum(if(met.is_of_session, 0, met.view_count)) as view_count,
        sum(if(met.is_of_session, 0, met.cart_count)) as cart_count,
        sum(if(met.is_of_session, 0, met.purchase_count)) as purchase_count,

        -- sessions that started on it
        {{ count_where('met.is_of_session') }} as session_count,
        {{ count_where('met.is_of_session and met.purchase_count > 0') }} as converting_session_count
    from met
    left join sessions on met.session_key = sessions.session_key
    group by
        met.shop_id, if(met.is_of_session, sessions.session_date, met.event_date), met.dimension, met.bucket

)

select * from final
