-- The latest source behind each feature row is not later than the row's as_of_date, nor any as_of_date
-- later than the shop's last day. Fails also when no dated row was compared, or on an order that is
-- missing from interactions although it is old enough.
with

last_days as (

    select
        shop_id,
        max(day) as last_day
    from (
        select
            shop_id,
            order_date as day
        from {{ ref('int_orders') }}
        union all
        select
            shop_id,
            cast(event_at as date) as day
        from {{ ref('int_events') }}
    )
    group by shop_id

),

latest_sources as (

    select
        'feat_customers' as feature_table,
        shop_id,
        last_order_date as source_date,
        as_of_date
    from {{ ref('feat_customers') }}
    union all
    select
        'feat_interactions' as feature_table,
        shop_id,
        cast(last_at as date) as source_date,
        as_of_date
    from {{ ref('feat_interactions') }}
    union all
    select
        'feat_season_items' as feature_table,
        shop_id,
        order_date as source_date,
        as_of_date
    from {{ ref('feat_season_items') }}
    union all
    select
        'feat_purchase_days' as feature_table,
        shop_id,
        order_date as source_date,
        as_of_date
    from {{ ref('feat_purchase_days') }}
    union all
    select
        'feat_daily_demand' as feature_table,
        shop_id,
        demand_date as source_date,
        as_of_date
    from {{ ref('feat_daily_demand') }}

),

dated_shops as (

    select * from last_days
    where last_day is not null

),

checked as (

    select
        latest_sources.feature_table,
        latest_sources.shop_id,
        count(*) as row_count,
        count_if(latest_sources.source_date > latest_sources.as_of_date) as later_count,
        count_if(latest_sources.source_date is null or latest_sources.as_of_date is null) as undated_count,
        count_if(latest_sources.as_of_date > dated_shops.last_day) as future_count
    from latest_sources
    inner join dated_shops on latest_sources.shop_id = dated_shops.shop_id
    group by latest_sources.feature_table, latest_sources.shop_id

),

interactions as (

    select
        'feat_interactions without the purchases of a day' as feature_table,
        dates.shop_id,
        count(*) as row_count,
        0 as later_count,
        0 as undated_count,
        0 as future_count
    from {{ ref('int_feature_dates') }} as dates
    inner join {{ ref('int_order_items') }} as order_items
        on
            dates.shop_id = order_items.shop_id
            and cast(order_items.ordered_at as date) <= dates.as_of_date
    left join {{ ref('feat_interactions') }} as features
        on
            dates.shop_id = features.shop_id
            and dates.as_of_date = features.as_of_date
            and features.customer_key = order_items.shop_id || '|' || order_items.customer_id
            and features.product_key = order_items.shop_id || '|' || order_items.product_id
            and features.purchase_count > 0
    where
        (dates.is_latest or dates.is_holdout or dates.is_validation)
        and order_items.is_sale
        and order_items.customer_id is not null
        and features.feature_key is null
    group by dates.shop_id

),

final as (

    select * from checked
    where later_count + undated_count + future_count > 0
    union all
    select * from interactions
    union all
    select
        'no rows compared' as feature_table,
        null as shop_id,
        0 as row_count,
        0 as later_count,
        0 as undated_count,
        0 as future_count
    where
        not exists (select 1 from checked)
        and exists (select 1 from dated_shops)

)

select * from final
