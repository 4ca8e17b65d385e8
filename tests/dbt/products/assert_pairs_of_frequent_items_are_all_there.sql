-- Counts the baskets of the 50 most frequent items of each shop and level again, the other way round:
-- each item that is in enough of them stands in the report as a pair with the same count, and no other.
with

baskets as (

    select * from {{ ref('int_baskets') }}

),

items as (

    select
        shop_id,
        level,
        item,
        row_number() over (partition by shop_id, level order by count(*) desc, item asc) as item_rank
    from baskets
    group by shop_id, level, item

),

partners as (

    select
        frequent.shop_id,
        frequent.level,
        frequent.item,
        companions.item as partner,
        count(*) as pair_count
    from items
    inner join baskets as frequent
        on
            items.shop_id = frequent.shop_id
            and items.level = frequent.level
            and items.item = frequent.item
    inner join baskets as companions
        on
            frequent.shop_id = companions.shop_id
            and frequent.level = companions.level
            and frequent.basket_id = companions.basket_id
            and frequent.item <> companions.item
    where items.item_rank <= 50
    group by frequent.shop_id, frequent.level, frequent.item, companions.item
    having count(*) >= {{ by_shop('min_pair_count', 'frequent.shop_id') }}

),

reported as (

    select
        pairs.shop_id,
        pairs.level,
        pairs.item,
        pairs.partner,
        pairs.pair_count
    from (
        select
            shop_id,
            level,
            item_a as item,
            item_b as partner,
            pair_count
        from {{ ref('rpt_market_basket') }}
        union all
        select
            shop_id,
            level,
            item_b as item,
            item_a as partner,
            pair_count
        from {{ ref('rpt_market_basket') }}
    ) as pairs
    inner join items
        on
            pairs.shop_id = items.shop_id
            and pairs.level = items.level
            and pairs.item = items.item
    where items.item_rank <= 50

)

select
    coalesce(partners.shop_id, reported.shop_id) as shop_id,
    coalesce(partners.level, reported.level) as level,
    coalesce(partners.item, reported.item) as item,
    coalesce(partners.partner, reported.partner) as partner,
    partners.pair_count,
    reported.pair_count as reported_pair_count
from partners
full outer join reported
    on
        partners.shop_id = reported.shop_id
        and partners.level = reported.level
        and partners.item = reported.item
        and partners.partner = reported.partner
where partners.pair_count is distinct from reported.pair_count
