-- One row per shop, segmentation, month, and two segments: how many customers went from one to the other.
-- A customer's first segment is a migration from `new`.
with

customer_segments as (

    -- the history keeps shops that are gone
    select * from {{ ref('customer_segments') }}
    where shop_id in (select shops.shop_id from {{ ref('shops') }} as shops)

),

states as (

    select
        shop_id,
        customer_key,
        dbt_valid_from,
        cast(trunc(dbt_valid_from, 'MONTH') as date) as period,
        stack(2, 'clv', clv_segment, 'rfm', rfm_segment) as (segmentation, segment)
    from customer_segments

),

steps as (

    select
        *,
        lag(segment) over (
            partition by customer_key, segmentation
            order by dbt_valid_from
        ) as previous_segment
    from states
    where segment is not null

),

final as (

    select
        -- ids
        shop_id,
        segmentation,
        period,
        coalesce(previous_segment, 'new') as from_segment,
        segment as to_segment,

        -- numerics
        count(distinct customer_key) as customer_count,
        count(*) as migration_count
    from steps
    where previous_segment is null or previous_segment <> segment
    group by shop_id, segmentation, period, coalesce(previous_segment, 'new'), segment

)

select * from final
