-- Counts the orders of the 50 most frequent products of each shop again, day by day as of which there
-- are features: each product that is in enough of them stands as a pair with the same count, no other.
with

dates as (

    select * from {{ ref('int_feature_dates') }}
    where is_latest or is_holdout or is_validation

),

known as (

    select
        sales.shop_id,
        dates.as_of_date,
        sales.order_id,
        sales.product_id,
        max(dates.is_latest) as is_latest
    from {{ ref('int_order_items') }} as sales
    inner join dates
        on
            sales.shop_id = dates.shop_id
            and {{ is_known('cast(sales.ordered_at as date)', 'dates.as_of_date') }}
    where sales.is_sale and {{ not_in_shops(var('customer_basket_shops'), 'sales.shop_id') }}
    group by sales.shop_id, dates.as_of_date, sales.order_id, sales.product_id

),

products as (

    select
        shop_id,
        product_id,
        row_number() over (partition by shop_id order by count(*) desc, product_id asc) as product_rank
    from known
    where is_latest
    group by shop_id, product_id
    having count(*) >= {{ by_shop('min_pair_count') }}

),

-- Orders of too many frequent products are pairs of nothing.
narrow_orders as (

    select
        known.shop_id,
        known.order_id
    from known
    inner join products
        on
            known.shop_id = products.shop_id
            and known.product_id = products.product_id
    where known.is_latest
    group by known.shop_id, known.order_id
    having count(*) <= {{ var('max_basket_item_count') }}

),

partners as (

    select
        frequent.shop_id,
        frequent.as_of_date,
        frequent.product_id,
        companions.product_id as partner_id,
        count(*) as pair_count
    from products
    inner join known as frequent
        on
            products.shop_id = frequent.shop_id
            and products.product_id = frequent.product_id
    inner join narrow_orders
        on
            frequent.shop_id = narrow_orders.shop_id
            and frequent.order_id = narrow_orders.order_id
    inner join known as companions
        on
            frequent.shop_id = companions.shop_id
            and frequent.order_id = companions.order_id
            and frequent.as_of_date <=> companions.as_of_date
            and frequent.product_id <> companions.product_id
    where products.product_rank <= 50
    group by frequent.shop_id, frequent.as_of_date, frequent.product_id, companions.product_id
    having count(*) >= {{ by_shop('min_pair_count', 'frequent.shop_id') }}

),

feature_pairs as (

    select
        shop_id,
        as_of_date,
        product_a_key,
        product_b_key,
        pair_count
    from {{ ref('feat_product_pairs') }}

),

mirrored as (

    select
        shop_id,
        as_of_date,
        product_a_key as product_key,
        product_b_key as partner_key,
        pair_count
    from feature_pairs
    union all
    select
        shop_id,
        as_of_date,
        product_b_key as product_key,
        product_a_key as partner_key,
        pair_count
    from feature_pairs

),

told as (

    select mirrored.*
    from mirrored
    inner join products
        on
            mirrored.shop_id = products.shop_id
            and mirrored.product_key = {{ entity_key('products.product_id', 'products.shop_id') }}
    where products.product_rank <= 50

)

select
    coalesce(partners.shop_id, told.shop_id) as shop_id,
    coalesce(partners.as_of_date, told.as_of_date) as as_of_date,
    told.product_key,
    told.partner_key,
    partners.pair_count,
    told.pair_count as told_pair_count
from partners
full outer join told
    on
        partners.shop_id = told.shop_id
        and partners.as_of_date <=> told.as_of_date
        and {{ entity_key('partners.product_id', 'partners.shop_id') }} = told.product_key
        and {{ entity_key('partners.partner_id', 'partners.shop_id') }} = told.partner_key
where partners.pair_count is distinct from told.pair_count
