-- One row per shop, season and item bought in it: how often, and how much more often than usual.
-- Only lines whose season is known count.
with

sales_lines as (

    select * from {{ ref('int_sales_lines') }}
    where is_sale and season is not null

),

products as (

    select * from {{ ref('dim_products') }}

),

items as (

    select
        shop_id,
        season,
        product_id as item,
        count(*) as purchase_count
    from sales_lines
    group by shop_id, season, product_id

),

totals as (

    select
        *,
        sum(purchase_count) over (partition by shop_id, season) as season_purchase_count,
        sum(purchase_count) over (partition by shop_id, item) as item_purchase_count,
        sum(purchase_count) over (partition by shop_id) as shop_purchase_count,
        row_number() over (
            partition by shop_id, season
            order by purchase_count desc, item asc
        ) as season_rank
    from items

),

final as (

    select
        -- ids
        totals.shop_id,
        totals.season,
        totals.item,

        -- strings
        products.product_name as item_name,
        products.category,

        -- counts
        totals.purchase_count,

        -- rates and ranks
        {{ ratio('totals.purchase_count', 'totals.season_purchase_count') }} as season_share,
        {{ ratio('totals.item_purchase_count', 'totals.shop_purchase_count') }} as overall_share,
        {{ ratio(
            ratio('totals.purchase_count', 'totals.season_purchase_count'),
            ratio('totals.item_purchase_count', 'totals.shop_purchase_count')
        ) }} as season_index,
        totals.season_rank
    from totals
    inner join products
        on
            totals.shop_id = products.shop_id
            and totals.item = products.product_id

)

select * from final
