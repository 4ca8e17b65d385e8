-- One row per shop and day as of which there are features: the last one, the one that holds the last
-- part out to test on, the one that holds as long a part before it out to tune on, and month ends.
-- Shops without dates have one row without a day.
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

months as (

    select
        *,
        explode(sequence(1, {{ var('feature_month_count') }})) as months_ago
    from spans

),

month_ends as (

    select
        shop_id,
        first_day,
        last_day(add_months(last_day, -months_ago)) as as_of_date
    from months

),

holdouts as (

    select
        shop_id,
        first_day,
        last_day,
        date_add(
            first_day,
            cast(floor(datediff(last_day, first_day) * (1 - {{ var('holdout_share') }})) as int)
        ) as holdout_day,
        date_add(
            first_day,
            cast(floor(datediff(last_day, first_day) * (1 - 2 * {{ var('holdout_share') }})) as int)
        ) as validation_day
    from spans
    where first_day <= last_day

),

candidates as (

    select
        shop_id,
        last_day as as_of_date,
        true as is_latest,
        false as is_holdout,
        false as is_validation
    from spans
    union all
    -- a shop of a single day has nothing to hold out
    select
        shop_id,
        holdout_day as as_of_date,
        false as is_latest,
        true as is_holdout,
        false as is_validation
    from holdouts
    where holdout_day < last_day
    union all
    select
        shop_id,
        validation_day as as_of_date,
        false as is_latest,
        false as is_holdout,
        true as is_validation
    from holdouts
    where validation_day >= first_day and validation_day < holdout_day and holdout_day < last_day
    union all
    select
        shop_id,
        as_of_date,
        false as is_latest,
        false as is_holdout,
        false as is_validation
    from month_ends
    where as_of_date >= first_day

),

final as (

    select
        shop_id,
        as_of_date,
        max(is_latest) as is_latest,
        max(is_holdout) as is_holdout,
        max(is_validation) as is_validation
    from candidates
    group by shop_id, as_of_date

)

select * from final
