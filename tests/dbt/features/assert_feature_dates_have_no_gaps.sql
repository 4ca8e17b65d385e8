-- Each shop with an order or event has one latest day, every month end before it that is asked for and
-- not before its first day, and one day that holds the last part out, unless it has a single day. One
-- at most holds a part before it out.
with

activity as (

    select
        shop_id,
        order_date as day
    from {{ ref('int_orders') }}
    union all
    select
        shop_id,
        cast(event_at as date) as day
    from {{ ref('int_events') }}

),

spans as (

    select
        shop_id,
        min(day) as first_day,
        {{ as_of_date('max(day)') }} as last_day
    from activity
    group by shop_id

),

held as (

    select
        dates.shop_id,
        max(if(dates.is_latest, dates.as_of_date, null)) as latest_day,
        count_if(dates.is_latest) as latest_count,
        count_if(dates.is_holdout) as holdout_count,
        count_if(dates.is_validation) as validation_count,
        count_if(
            not dates.is_latest
            and dates.as_of_date = last_day(dates.as_of_date)
            and dates.as_of_date >= last_day(add_months(spans.last_day, -{{ var('feature_month_count') }}))
        ) as month_end_count
    from {{ ref('int_feature_dates') }} as dates
    inner join spans on dates.shop_id = spans.shop_id
    group by dates.shop_id

)

select
    spans.*,
    held.latest_day,
    held.latest_count,
    held.holdout_count,
    held.validation_count,
    held.month_end_count
from spans
left join held on spans.shop_id = held.shop_id
where
    held.latest_count is distinct from 1
    or held.latest_day is distinct from spans.last_day
    or held.holdout_count <> if(spans.first_day < spans.last_day, 1, 0)
    or held.validation_count > held.holdout_count
    or held.month_end_count <> if(
        spans.first_day < spans.last_day,
        least({{ var('feature_month_count') }}, {{ months_apart('spans.first_day', 'spans.last_day') }}),
        0
    )
