-- Who came into a segment less who left it are the customers who are in it at the end, segment by
-- segment: at the last month end of a shop's history, or now where builds are all there is. Customers
-- who bought before the history begins are in it from its start.
with

history as (

    select * from {{ ref('rpt_customer_segment_history') }}

),

history_starts as (

    select
        shop_id,
        trunc(min(month_end), 'MONTH') as first_month
    from history
    group by shop_id

),

states as (

    select
        shop_id,
        customer_key,
        month_end as seen_at,
        first_order_date,
        stack(2, 'clv', clv_segment, 'rfm', rfm_segment) as (segmentation, segment)
    from history
    union all
    select
        customer_segments.shop_id,
        customer_segments.customer_key,
        customer_segments.dbt_valid_from as seen_at,
        cast(null as date) as first_order_date,
        stack(
            2,
            'clv', customer_segments.clv_segment,
            'rfm', customer_segments.rfm_segment
        ) as (segmentation, segment)
    from {{ ref('customer_segments') }} as customer_segments
    left anti join history_starts on customer_segments.shop_id = history_starts.shop_id
    where customer_segments.shop_id in (select shops.shop_id from {{ ref('shops') }} as shops)

),

ends as (

    select
        shop_id,
        segmentation,
        customer_key,
        min(first_order_date) as first_order_date,
        min_by(segment, seen_at) as first_segment,
        max_by(segment, seen_at) as last_segment
    from states
    where segment is not null
    group by shop_id, segmentation, customer_key

),

movements as (

    select
        shop_id,
        segmentation,
        to_segment as segment,
        migration_count as customer_count
    from {{ ref('rpt_segment_migration') }}
    union all
    select
        shop_id,
        segmentation,
        from_segment as segment,
        -migration_count as customer_count
    from {{ ref('rpt_segment_migration') }}
    where from_segment <> 'new'
    union all
    select
        ends.shop_id,
        ends.segmentation,
        ends.first_segment as segment,
        1 as customer_count
    from ends
    inner join history_starts on ends.shop_id = history_starts.shop_id
    where ends.first_order_date < history_starts.first_month
    union all
    select
        shop_id,
        segmentation,
        last_segment as segment,
        -1 as customer_count
    from ends

)

select
    shop_id,
    segmentation,
    segment,
    sum(customer_count) as difference
from movements
group by shop_id, segmentation, segment
having sum(customer_count) <> 0
