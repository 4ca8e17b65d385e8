-- One row per shop, level and pair of items bought together often enough: baskets with both, with
-- each, and all of them.
with

baskets as (

    select * from {{ ref('int_baskets') }}

),

basket_counts as (

    select
        shop_id,
        level,
        count(distinct basket_id) as basket_count
    from baskets
    group by shop_id, level

),

-- Rare items go before the join: no pair of theirs could count, and with them the join explodes.
-- The number of an item stands for its shop, level and name, so that pairs are counted by two integers.
items as (

    select
        shop_id,
        level,
        basis,
        item,
        count(*) as item_count,
        row_number() over (order by shop_id, level, item) as item_number
    from baskets
    group by shop_id, level, basis, item
    having count(*) >= {{ by_shop('min_pair_count') }}

),

-- Every two of these items were looked at, also those that no basket holds together.
item_pairs as (

    select
        shop_id,
        level,
        cast(count(*) * (count(*) - 1) / 2 as bigint) as tested_pair_count
    from items
    group by shop_id, level

),

frequent as (

    select
        baskets.shop_id,
        baskets.level,
        baskets.basket_id,
        items.item_number,
        count(*) over (partition by baskets.shop_id, baskets.level, baskets.basket_id) as frequent_item_count
    from baskets
    inner join items
        on
            baskets.shop_id = items.shop_id
            and baskets.level = items.level
            and baskets.item = items.item

),

-- A basket of n items has n² / 2 pairs: those of a bulk buyer say nothing and would take all the time.
joinable as (

    select * from frequent
    where frequent_item_count <= {{ var('max_basket_item_count') }}

),

pairs as (

    select
        a.item_number as item_a_number,
        b.item_number as item_b_number,
        count(*) as pair_count
    from joinable as a
    inner join joinable as b
        on
            a.shop_id = b.shop_id
            and a.level = b.level
            and a.basket_id = b.basket_id
            and a.item_number < b.item_number
    group by a.item_number, b.item_number

),

final as (

    select
        -- ids
        items_a.shop_id,
        items_a.level,
        items_a.basis,
        items_a.item as item_a,
        items_b.item as item_b,

        -- counts
        pairs.pair_count,
        items_a.item_count as item_a_count,
        items_b.item_count as item_b_count,
        basket_counts.basket_count,
        item_pairs.tested_pair_count
    from pairs
    inner join items as items_a on pairs.item_a_number = items_a.item_number
    inner join items as items_b on pairs.item_b_number = items_b.item_number
    inner join basket_counts
        on
            items_a.shop_id = basket_counts.shop_id
            and items_a.level = basket_counts.level
    inner join item_pairs
        on
            items_a.shop_id = item_pairs.shop_id
            and items_a.level = item_pairs.level
    where pairs.pair_count >= {{ by_shop('min_pair_count', 'items_a.shop_id') }}

)

select * from final
