-- One row per shop, level and pair of items bought together often enough: support, confidence, lift.
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

frequent as (

    select
        baskets.shop_id,
        baskets.level,
        baskets.basket_id,
        items.item_number
    from baskets
    inner join items using (shop_id, level, item)

),

pairs as (

    select
        a.item_number as item_a_number,
        b.item_number as item_b_number,
        count(*) as pair_count
    from frequent as a
    inner join frequent as b
        on
            a.shop_id = b.shop_id
            and a.level = b.level
            and a.basket_id = b.basket_id
            and a.item_number < b.item_number
    group by a.item_number, b.item_number

),

products as (

    select * from {{ ref('int_products') }}

),

measured as (

    select
        items_a.shop_id,
        items_a.level,
        items_a.basis,
        items_a.item as item_a,
        items_b.item as item_b,
        pairs.pair_count,
        items_a.item_count as item_a_count,
        items_b.item_count as item_b_count,
        basket_counts.basket_count,
        {{ ratio('pairs.pair_count', 'basket_counts.basket_count') }} as support,
        {{ ratio('pairs.pair_count', 'items_a.item_count') }} as confidence_a_to_b,
        {{ ratio('pairs.pair_count', 'items_b.item_count') }} as confidence_b_to_a,
        {{ ratio(
            'cast(pairs.pair_count as double) * basket_counts.basket_count',
            'cast(items_a.item_count as double) * items_b.item_count'
        ) }} as lift
    from pairs
    inner join items as items_a on pairs.item_a_number = items_a.item_number
    inner join items as items_b on pairs.item_b_number = items_b.item_number
    inner join basket_counts
        on
            items_a.shop_id = basket_counts.shop_id
            and items_a.level = basket_counts.level
    where pairs.pair_count >= {{ by_shop('min_pair_count', 'items_a.shop_id') }}

),

final as (

    select
        -- ids
        measured.shop_id,
        measured.level,
        measured.basis,
        measured.item_a,
        measured.item_b,
        case measured.level when 'product' then products_a.product_name else measured.item_a end
            as item_a_name,
        case measured.level when 'product' then products_b.product_name else measured.item_b end
            as item_b_name,

        -- counts
        measured.pair_count,
        measured.item_a_count,
        measured.item_b_count,
        measured.basket_count,

        -- rates
        measured.support,
        measured.confidence_a_to_b,
        measured.confidence_b_to_a,
        measured.lift,
        {{ lift_strength('measured.lift') }} as strength
    from measured
    left join products as products_a
        on
            measured.shop_id = products_a.shop_id
            and measured.item_a = products_a.product_id
    left join products as products_b
        on
            measured.shop_id = products_b.shop_id
            and measured.item_b = products_b.product_id

)

select * from final
