-- Computes the features again, line by line, from nothing later than each row's as_of_date, and fails
-- on a row that differs, is missing or is too much. Fails also when there are sales and nothing was
-- compared.
with

features as (

    select * from {{ ref('feat_customers') }}

),

dates as (

    select distinct
        shop_id,
        as_of_date
    from {{ ref('int_feature_dates') }}

),

order_items as (

    select
        *,
        cast(ordered_at as date) as ordered_date,
        cast(returned_at as date) as returned_date
    from {{ ref('int_order_items') }}
    where customer_id is not null

),

sales as (

    select * from order_items
    where is_sale

),

recomputed as (

    select
        order_items.shop_id,
        order_items.customer_id,
        dates.as_of_date,
        count(distinct if(order_items.is_sale, order_items.order_id, null)) as order_count,
        count(if(order_items.is_sale, 1, null)) as item_count,
        sum(order_items.gross_amount) - sum(
            if(
                order_items.returned_date <= dates.as_of_date or dates.as_of_date is null,
                order_items.returned_amount, 0
            )
        ) as total_spent
    from order_items
    inner join dates on order_items.shop_id = dates.shop_id
    where
        order_items.ordered_date <= dates.as_of_date
        or (order_items.ordered_date is null and dates.as_of_date is null)
    group by order_items.shop_id, order_items.customer_id, dates.as_of_date
    having count_if(order_items.is_sale) > 0

),

compared as (

    select
        coalesce(features.shop_id, recomputed.shop_id) as shop_id,
        coalesce(features.customer_id, recomputed.customer_id) as customer_id,
        coalesce(features.as_of_date, recomputed.as_of_date) as as_of_date,
        features.order_count,
        recomputed.order_count as recomputed_order_count,
        features.item_count,
        recomputed.item_count as recomputed_item_count,
        features.total_spent,
        recomputed.total_spent as recomputed_total_spent
    from features
    full outer join recomputed
        on
            features.shop_id = recomputed.shop_id
            and features.customer_id = recomputed.customer_id
            and features.as_of_date <=> recomputed.as_of_date

),

differing as (

    select *
    from compared
    where
        not coalesce(order_count = recomputed_order_count, false)
        or not coalesce(item_count = recomputed_item_count, false)
        or not coalesce(abs(total_spent - recomputed_total_spent) <= 0.01, false)

),

final as (

    select
        shop_id,
        customer_id,
        as_of_date
    from differing
    union all
    select
        'no rows compared' as shop_id,
        null as customer_id,
        null as as_of_date
    where
        not exists (select 1 from compared)
        and exists (select 1 from sales)

)

select * from final
