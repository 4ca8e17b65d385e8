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

item_counts as (

    select
        shop_id,
        level,
        item,
        count(*) as item_count
    from baskets
    group by shop_id, level, item

),

-- Rare items go before the join: no pair of theirs could count, and with them the join explodes.
frequent as (

    select
        baskets.*,
        item_counts.item_count
    from baskets
    inner join item_counts using (shop_id, level, item)
    where item_counts.item_count >= {{ by_shop('min_pair_count', 'baskets.shop_id') }}

),

pairs as (

    select
        a.shop_id,
        a.level,
        a.basis,
        a.item as item_a,
        b.item as item_b,
        a.item_count as item_a_count,
        b.item_count as item_b_count,
        count(*) as pair_count
    from frequent as a
    inner join frequent as b
        on
            a.shop_id = b.shop_id
            and a.level = b.level
            and a.basket_id = b.basket_id
            and a.item < b.item
    group by a.shop_id, a.level, a.basis, a.item, b.item, a.item_count, b.item_count
    having count(*) >= {{ by_shop('min_pair_count', 'a.shop_id') }}

),

products as (

    select * from {{ ref('int_products') }}

),

measured as (

    select
        pairs.*,
        basket_counts.basket_count,
        {{ ratio('pairs.pair_count', 'basket_counts.basket_count') }} as support,
        {{ ratio('pairs.pair_count', 'pairs.item_a_count') }} as confidence_a_to_b,
        {{ ratio('pairs.pair_count', 'pairs.item_b_count') }} as confidence_b_to_a,
        {{ ratio(
            'cast(pairs.pair_count as double) * basket_counts.basket_count',
            'cast(pairs.item_a_count as double) * pairs.item_b_count'
        ) }} as lift
    from pairs
    inner join basket_counts using (shop_id, level)

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
