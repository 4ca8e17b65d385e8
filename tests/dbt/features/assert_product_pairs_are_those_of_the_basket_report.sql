-- As of the latest day, pairs of products are those of the basket report; where that is not a shop's
-- last day, or orders have no day, there may be fewer, and never more.
with

undated_shops as (

    select distinct order_items.shop_id
    from {{ ref('int_order_items') }} as order_items
    inner join {{ ref('int_feature_dates') }} as dates
        on
            order_items.shop_id = dates.shop_id
            and dates.is_latest
            and not coalesce({{ is_known('cast(order_items.ordered_at as date)', 'dates.as_of_date') }}, false)
    where order_items.is_sale

),

features as (

    select * from {{ ref('feat_product_pairs') }}
    where is_latest

),

baskets as (

    select
        shop_id,
        shop_id || '|' || item_a as product_a_key,
        shop_id || '|' || item_b as product_b_key,
        pair_count,
        item_a_count,
        item_b_count,
        basket_count
    from {{ ref('int_basket_pairs') }}
    where level = 'product'

)

select
    coalesce(features.shop_id, baskets.shop_id) as shop_id,
    coalesce(features.product_a_key, baskets.product_a_key) as product_a_key,
    coalesce(features.product_b_key, baskets.product_b_key) as product_b_key,
    features.pair_count,
    baskets.pair_count as basket_pair_count
from features
full outer join baskets
    on
        features.shop_id = baskets.shop_id
        and features.product_a_key = baskets.product_a_key
        and features.product_b_key = baskets.product_b_key
left join undated_shops on undated_shops.shop_id = coalesce(features.shop_id, baskets.shop_id)
where
    coalesce(features.pair_count, 0) > coalesce(baskets.pair_count, 0)
    or (
        undated_shops.shop_id is null
        and (
            features.pair_count is distinct from baskets.pair_count
            or features.product_a_count is distinct from baskets.item_a_count
            or features.product_b_count is distinct from baskets.item_b_count
            or features.basket_count is distinct from baskets.basket_count
        )
    )
