-- One row per shop and product whose events carry a price: the prices seen, what visitors did, and
-- the price band of the product in its category (1 the cheapest quarter).
with

products as (

    select * from {{ ref('int_product_engagement') }}
    where category_code is not null and list_price is not null and priced_event_count > 0

),

ranked as (

    select
        *,
        rank() over (partition by shop_id, category_code order by list_price) as price_rank,
        count(*) over (partition by shop_id, category_code) as product_count
    from products

),

final as (

    select
        -- ids
        shop_id,
        product_id,

        -- strings
        category_code,

        -- counts
        priced_event_count as event_count,
        priced_view_count as view_count,
        priced_purchase_count as purchase_count,
        human_priced_view_count as human_view_count,
        human_priced_purchase_count as human_purchase_count,

        -- amounts
        list_price,
        price_sum,
        min_price,
        max_price,

        -- band: equal prices share the lowest
        {{ tie_safe_ntile(4, 'price_rank', row_count='product_count') }} as price_band
    from ranked

)

select * from final
