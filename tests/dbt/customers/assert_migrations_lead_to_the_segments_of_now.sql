-- Who came into a segment less who left it are the customers who are in it now, segment by segment.
with

states as (

    select
        shop_id,
        customer_key,
        dbt_valid_from,
        stack(2, 'clv', clv_segment, 'rfm', rfm_segment) as (segmentation, segment)
    from {{ ref('customer_segments') }}
    where shop_id in (select shops.shop_id from {{ ref('shops') }} as shops)

),

latest as (

    select
        shop_id,
        segmentation,
        customer_key,
        max_by(segment, dbt_valid_from) as segment
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
        shop_id,
        segmentation,
        segment,
        -1 as customer_count
    from latest

)

select
    shop_id,
    segmentation,
    segment,
    sum(customer_count) as difference
from movements
group by shop_id, segmentation, segment
having sum(customer_count) <> 0
