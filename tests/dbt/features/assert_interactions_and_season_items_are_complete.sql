-- As of each of their days, interactions add up to the views, carts and sale lines known by then; and
-- each sale line of a known season and customer known by the latest day is a season item.
with

dates as (

    select * from {{ ref('int_feature_dates') }}
    where is_latest or is_holdout or is_validation

),

sales as (

    select * from {{ ref('int_order_items') }}
    where is_sale and customer_id is not null

),

interactions as (

    select
        shop_id,
        cast(event_at as date) as day
    from {{ ref('int_events') }}
    where event_type in ('view', 'cart') and customer_id is not null and product_id is not null
    union all
    select
        shop_id,
        cast(ordered_at as date) as day
    from sales
    where product_id is not null

),

counted as (

    select
        'feat_interactions' as feature_table,
        dates.shop_id,
        dates.as_of_date,
        1 as expected_count,
        0 as held_count
    from dates
    inner join interactions
        on
            dates.shop_id = interactions.shop_id
            and {{ is_known('interactions.day', 'dates.as_of_date') }}
    union all
    select
        'feat_season_items' as feature_table,
        dates.shop_id,
        dates.as_of_date,
        1 as expected_count,
        0 as held_count
    from dates
    inner join sales
        on
            dates.shop_id = sales.shop_id
            and {{ is_known('cast(sales.ordered_at as date)', 'dates.as_of_date') }}
    where dates.is_latest and sales.season is not null
    union all
    select
        'feat_interactions' as feature_table,
        shop_id,
        as_of_date,
        0 as expected_count,
        interaction_count as held_count
    from {{ ref('feat_interactions') }}
    union all
    select
        'feat_season_items' as feature_table,
        shop_id,
        as_of_date,
        0 as expected_count,
        1 as held_count
    from {{ ref('feat_season_items') }}

)

select
    feature_table,
    shop_id,
    as_of_date,
    sum(expected_count) as expected_count,
    sum(held_count) as held_count
from counted
group by feature_table, shop_id, as_of_date
having sum(expected_count) <> sum(held_count)
