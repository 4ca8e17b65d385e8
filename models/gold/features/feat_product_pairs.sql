-- One row per shop, pair of products bought together often enough, and day as of which they are counted:
-- baskets with both, with each, and all of them. As the basket report, by what was known on the day.
with

dates as (

    select
        *,
        row_number() over (partition by shop_id order by as_of_date) as day_number
    from {{ ref('int_feature_dates') }}
    where is_latest or is_holdout or is_validation

),

sales as (

    select
        shop_id,
        order_id,
        product_id,
        cast(ordered_at as date) as day
    from {{ ref('int_order_items') }}
    where is_sale and {{ not_in_shops(var('customer_basket_shops'), 'shop_id') }}

),

-- A basket counts on the first day that knows it, and on those after it: pairs are made once for all.
baskets as (

    select
        sales.shop_id,
        sales.order_id,
        sales.product_id,
        min(dates.day_number) as known_from
    from sales
    inner join dates
        on
            sales.shop_id = dates.shop_id
            and {{ is_known('sales.day', 'dates.as_of_date') }}
    group by sales.shop_id, sales.order_id, sales.product_id

),

orders as (

    select
        shop_id,
        order_id,
        min(known_from) as known_from
    from baskets
    group by shop_id, order_id

),

basket_counts as (

    select
        dates.shop_id,
        dates.as_of_date,
        count(*) as basket_count
    from orders
    inner join dates
        on
            orders.shop_id = dates.shop_id
            and orders.known_from <= dates.day_number
    group by dates.shop_id, dates.as_of_date

),

-- Rare products go before the join, as in the basket report: no pair of theirs could count.
items as (

    select
        shop_id,
        product_id,
        row_number() over (order by shop_id, product_id) as item_number
    from baskets
    group by shop_id, product_id
    having count(*) >= {{ by_shop('min_pair_count') }}

),

frequent as (

    select
        baskets.shop_id,
        baskets.order_id,
        baskets.known_from,
        items.item_number,
        count(*) over (partition by baskets.shop_id, baskets.order_id) as frequent_item_count
    from baskets
    inner join items
        on
            baskets.shop_id = items.shop_id
            and baskets.product_id = items.product_id

),

joinable as (

    select * from frequent
    where frequent_item_count <= {{ var('max_basket_item_count') }}

),

counted_items as (

    select
        frequent.shop_id,
        frequent.item_number,
        dates.as_of_date,
        count(*) as item_count
    from frequent
    inner join dates
        on
            frequent.shop_id = dates.shop_id
            and frequent.known_from <= dates.day_number
    group by frequent.shop_id, frequent.item_number, dates.as_of_date

),

-- Of the up to three days, a pair has a count each: it is counted by two integers in one pass.
counted_pairs as (

    select
        a.item_number as item_a_number,
        b.item_number as item_b_number,
        array(
            count_if(greatest(a.known_from, b.known_from) <= 1),
            count_if(greatest(a.known_from, b.known_from) <= 2),
            count(*)
        ) as pair_counts
    from joinable as a
    inner join joinable as b
        on
            a.shop_id = b.shop_id
            and a.order_id = b.order_id
            and a.item_number < b.item_number
    group by a.item_number, b.item_number

),

pairs as (

    select
        dates.shop_id,
        items_a.product_id as product_a_id,
        items_b.product_id as product_b_id,
        counted_pairs.item_a_number,
        counted_pairs.item_b_number,
        dates.as_of_date,
        dates.is_latest,
        dates.is_holdout,
        dates.is_validation,
        counted_pairs.pair_counts[dates.day_number - 1] as pair_count
    from counted_pairs
    inner join items as items_a on counted_pairs.item_a_number = items_a.item_number
    inner join items as items_b on counted_pairs.item_b_number = items_b.item_number
    inner join dates on items_a.shop_id = dates.shop_id
    where counted_pairs.pair_counts[dates.day_number - 1] >= {{ by_shop('min_pair_count', 'dates.shop_id') }}

),

final as (

    select
        -- ids
        pairs.shop_id,
        {{ feature_key(['pairs.product_a_id', 'pairs.product_b_id'], 'pairs.as_of_date', 'pairs.shop_id') }}
            as feature_key,
        {{ entity_key('pairs.product_a_id', 'pairs.shop_id') }} as product_a_key,
        {{ entity_key('pairs.product_b_id', 'pairs.shop_id') }} as product_b_key,

        -- counts
        pairs.pair_count,
        counts_a.item_count as product_a_count,
        counts_b.item_count as product_b_count,
        basket_counts.basket_count,

        -- booleans
        pairs.is_latest,
        pairs.is_holdout,
        pairs.is_validation,

        -- dates
        pairs.as_of_date
    from pairs
    inner join counted_items as counts_a
        on
            pairs.item_a_number = counts_a.item_number
            and pairs.as_of_date <=> counts_a.as_of_date
    inner join counted_items as counts_b
        on
            pairs.item_b_number = counts_b.item_number
            and pairs.as_of_date <=> counts_b.as_of_date
    inner join basket_counts
        on
            pairs.shop_id = basket_counts.shop_id
            and pairs.as_of_date <=> basket_counts.as_of_date

)

select * from final
