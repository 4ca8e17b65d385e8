-- One row per shop, day (null without one), dimension of visitors that the shop records, and bucket,
-- `unknown` included: what they did on the day, and how many sessions started on it.
with

visits as (

    select
        shop_id,
        event_date as visit_date,
        customer_id,
        traffic_source,
        {{ count_where("event_type = 'view'") }} as view_count,
        {{ count_where("event_type = 'cart'") }} as cart_count,
        {{ count_where("event_type = 'purchase'") }} as purchase_count,
        0 as session_count,
        0 as converting_session_count
    from {{ ref('int_events') }}
    group by shop_id, event_date, customer_id, traffic_source
    union all
    select
        shop_id,
        session_date as visit_date,
        customer_id,
        traffic_source,
        0 as view_count,
        0 as cart_count,
        0 as purchase_count,
        count(*) as session_count,
        {{ count_where('is_converted') }} as converting_session_count
    from {{ ref('int_sessions') }}
    group by shop_id, session_date, customer_id, traffic_source

),

customers as (

    select
        *,
        {{ age_band('age') }} as age_band
    from {{ ref('int_customers') }}

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
    left join customers
        on
            visits.shop_id = customers.shop_id
            and visits.customer_id = customers.customer_id
    left join segments
        on
            visits.shop_id = segments.shop_id
            and visits.customer_id = segments.customer_id

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
