-- One row per shop, day (null without one), dimension of products that the shop records, and bucket,
-- `unknown` included: what happened to its products on the day, and how many sessions of it met them.
{% set dimensions = [
    'category', 'category_level_1', 'category_level_2', 'category_level_3', 'category_level_4', 'brand',
    'department'
] %}
with

events as (

    select * from {{ ref('fct_events') }}

),

products as (

    select
        product_key,
        -- products in the same buckets are counted as one of them
        min(product_key) over (partition by shop_id, {{ dimensions | join(', ') }}) as kind_key,
        named_struct(
            {%- for dimension in dimensions %}
            '{{ dimension }}', {{ or_unknown(dimension) }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as described
    from {{ ref('dim_products') }}

),

recorded as (

    select * from {{ ref('int_recorded_dimensions') }}

),

found as (

    select
        events.shop_id,
        events.event_date,
        events.event_type,
        events.session_key,
        events.product_key,
        coalesce(products.kind_key, 'unknown') as kind_key
    from events
    left join products on events.product_key = products.product_key

),

-- and one for events whose product is not known
kinds as (

    select
        product_key as kind_key,
        described
    from products
    where product_key = kind_key
    union all
    select
        'unknown' as kind_key,
        named_struct(
            {%- for dimension in dimensions %}
            '{{ dimension }}', 'unknown'{{ ',' if not loop.last }}
            {%- endfor %}
        ) as described

),

days as (

    select
        shop_id,
        event_date,
        kind_key,
        {{ count_where("event_type = 'view'") }} as view_count,
        {{ count_where("event_type = 'cart'") }} as cart_count,
        {{ count_where("event_type = 'purchase'") }} as purchase_count
    from found
    group by shop_id, event_date, kind_key

),

-- a session meets a bucket by a product, and is of the day on which it starts, be it without one
session_kinds as (

    select
        shop_id,
        session_key,
        kind_key,
        count(product_key) > 0 as is_met,
        {{ count_where("product_key is not null and event_type = 'purchase'") }} > 0 as is_bought,
        min(event_date) as first_date
    from found
    where session_key is not null
    group by shop_id, session_key, kind_key

),

met as (

    select
        session_kinds.shop_id,
        session_kinds.session_key,
        min(session_kinds.first_date) as session_date,
        collect_list(kinds.described) filter (where session_kinds.is_met) as kinds,
        collect_list(kinds.described) filter (where session_kinds.is_bought) as bought_kinds
    from session_kinds
    inner join kinds on session_kinds.kind_key = kinds.kind_key
    group by session_kinds.shop_id, session_kinds.session_key

),

met_dimensions as (

    select
        met.shop_id,
        met.session_date,
        stack(
            {{ dimensions | length }},
            {%- for dimension in dimensions %}
            '{{ dimension }}', array_distinct(met.kinds.{{ dimension }}), met.bought_kinds.{{ dimension }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        ) as (dimension, all_buckets, bought_buckets)
    from met

),

-- a session counts once in a bucket, however many of its products it met
met_buckets as (

    select
        shop_id,
        session_date,
        dimension,
        bought_buckets,
        explode(all_buckets) as bucket
    from met_dimensions

),

visits as (

    select
        days.shop_id,
        days.event_date as visit_date,
        stack(
            {{ dimensions | length }},
            {%- for dimension in dimensions %}
            '{{ dimension }}', kinds.described.{{ dimension }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as (dimension, bucket),
        days.view_count,
        days.cart_count,
        days.purchase_count,
        0 as session_count,
        0 as converting_session_count
    from days
    inner join kinds on days.kind_key = kinds.kind_key
    union all
    select
        shop_id,
        session_date as visit_date,
        dimension,
        bucket,
        0 as view_count,
        0 as cart_count,
        0 as purchase_count,
        count(*) as session_count,
        {{ count_where('array_contains(bought_buckets, bucket)') }} as converting_session_count
    from met_buckets
    group by shop_id, session_date, dimension, bucket

),

final as (

    select
        -- ids
        visits.shop_id,
        visits.visit_date,
        visits.dimension,
        visits.bucket,

        -- events of the day
        sum(visits.view_count) as view_count,
        sum(visits.cart_count) as cart_count,
        sum(visits.purchase_count) as purchase_count,

        -- sessions that started on it
        sum(visits.session_count) as session_count,
        sum(visits.converting_session_count) as converting_session_count
    from visits
    inner join recorded
        on
            visits.shop_id = recorded.shop_id
            and visits.dimension = recorded.dimension
    group by visits.shop_id, visits.visit_date, visits.dimension, visits.bucket

)

select * from final
