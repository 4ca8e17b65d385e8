-- One row per shop, day (null without one), dimension of visitors that the shop records, and bucket,
-- `unknown` included: what they did on the day, and how many sessions started on it.
with

visits as (

    select
        shop_id,
        event_date as visit_date,
        customer_key,
        traffic_source,
        {{ count_where("event_type = 'view'") }} as view_count,
        {{ count_where("event_type = 'cart'") }} as cart_count,
        {{ count_where("event_type = 'purchase'") }} as purchase_count,
        0 as session_count,
        0 as converting_session_count
    from {{ ref('fct_events') }}
    group by shop_id, event_date, customer_key, traffic_source
    union all
    select
        shop_id,
        session_date as visit_date,
        customer_key,
        traffic_source,
        0 as view_count,
        0 as cart_count,
        0 as purchase_count,
        count(*) as session_count,
        {{ count_where('is_converted') }} as converting_session_count
    from {{ ref('fct_sessions') }}
    group by shop_id, session_date, customer_key, traffic_source

),

customers as (

    select * from {{ ref('dim_customers') }}

),

segments as (

    select * from {{ ref('rpt_customer_clv') }}

),

recorded as (

    select * from {{ ref('int_recorded_dimensions') }}

),

bucketed as (

    select
        visits.*,
        stack(
            7,
            'country', customers.country,
            'state', customers.state,
            'age_band', customers.age_band,
            'gender', customers.gender,
            'traffic_source', coalesce(visits.traffic_source, customers.traffic_source),
            'customer_segment', segments.clv_segment,
            'season', {{ season('visits.visit_date') }}
        ) as (dimension, bucket)
    from visits
    left join customers on visits.customer_key = customers.customer_key
    left join segments on visits.customer_key = segments.customer_key

),

final as (

    select
        -- ids
        bucketed.shop_id,
        bucketed.visit_date,
        bucketed.dimension,
        {{ or_unknown('bucketed.bucket') }} as bucket,

        -- events of the day
        sum(bucketed.view_count) as view_count,
        sum(bucketed.cart_count) as cart_count,
        sum(bucketed.purchase_count) as purchase_count,

        -- sessions that started on it
        sum(bucketed.session_count) as session_count,
        sum(bucketed.converting_session_count) as converting_session_count
    from bucketed
    inner join recorded
        on
            bucketed.shop_id = recorded.shop_id
            and bucketed.dimension = recorded.dimension
    group by bucketed.shop_id, bucketed.visit_date, bucketed.dimension, {{ or_unknown('bucketed.bucket') }}

)

select * from final
