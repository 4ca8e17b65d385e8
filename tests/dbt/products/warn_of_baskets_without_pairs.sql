-- Baskets with more frequent items than `max_basket_item_count`: their pairs are not counted. Whoever
-- wants them raises the var, at a cost that grows with its square.
{{ config(severity='warn') }}
with

baskets as (

    select * from {{ ref('int_baskets') }}

),

items as (

    select
        shop_id,
        level,
        item
    from baskets
    group by shop_id, level, item
    having count(*) >= {{ by_shop('min_pair_count') }}

)

select
    baskets.shop_id,
    baskets.level,
    baskets.basket_id,
    count(*) as frequent_item_count
from baskets
inner join items
    on
        baskets.shop_id = items.shop_id
        and baskets.level = items.level
        and baskets.item = items.item
group by baskets.shop_id, baskets.level, baskets.basket_id
having count(*) > {{ var('max_basket_item_count') }}
