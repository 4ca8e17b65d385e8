-- One row per shop, segmentation, month, and two segments: how many customers went from one to the other.
-- A customer's first segment is a migration from `new`.
with

history as (

    select * from {{ ref('rpt_customer_segment_history') }}

),

customer_segments as (

    -- the history keeps shops that are gone
    select * from {{ ref('customer_segments') }}
    where shop_id in (select shops.shop_id from {{ ref('dim_shops') }} as shops)

),

-- The history of a shop may begin later than the shop.
history_starts as (

    select
        shop_id,
        trunc(min(month_end), 'MONTH') as first_month
    from history
    group by shop_id

),

month_end_states as (

    select
        history.shop_id,
        history.customer_key,
        history.month_end as seen_at,
        cast(trunc(history.month_end, 'MONTH') as date) as period,
        history.first_order_date >= history_starts.first_month as is_known_from_first_sale,
        stack(2, 'clv', history.clv_segment, 'rfm', history.rfm_segment) as (segmentation, segment)
    from history
    inner join history_starts on history.shop_id = history_starts.shop_id

),

-- Without a month end to look back on there is what builds saw.
build_states as (

    select
        customer_segments.shop_id,
        customer_segments.customer_key,
        customer_segments.dbt_valid_from as seen_at,
        cast(trunc(customer_segments.dbt_valid_from, 'MONTH') as date) as period,
        true as is_known_from_first_sale,
        stack(2, 'clv', customer_segments.clv_segment, 'rfm', customer_segments.rfm_segment) as (segmentation, segment)
    from customer_segments
    left anti join history_starts on customer_segments.shop_id = history_starts.shop_id

),

states as (

    select * from month_end_states
    union all
    select * from build_states

),

steps as (

    select
        *,
        lag(segment) over (
            partition by customer_key, segmentation
            order by seen_at
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
    -- where a customer came from who bought before the history begins, nobody knows
    where previous_segment <> segment or (previous_segment is null and is_known_from_first_sale)
    group by shop_id, segmentation, period, coalesce(previous_segment, 'new'), segment

)

select * from final
