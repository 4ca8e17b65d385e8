-- One row per shop, category code and price band: what is seen and bought at which price.
-- Only shops whose events carry prices, and categories with enough of them.
with

products as (

    select * from {{ ref('int_product_prices') }}

),

categories as (

    select
        shop_id,
        category_code,
        sum(event_count) as event_count,
        sum(price_sum) / sum(event_count) as average_price,
        min(min_price) as min_price,
        max(max_price) as max_price
    from products
    group by shop_id, category_code
    having sum(event_count) >= {{ var('min_event_count') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by shop_id
            order by average_price desc, category_code asc
        ) as average_price_rank
    from categories

),

bands as (

    select
        shop_id,
        category_code,
        price_band,
        count(*) as product_count,
        sum(view_count) as view_count,
        sum(purchase_count) as purchase_count,
        sum(human_view_count) as human_view_count,
        sum(human_purchase_count) as human_purchase_count,
        sum(price_sum) / sum(event_count) as average_price,
        min(list_price) as min_list_price,
        max(list_price) as max_list_price
    from products
    group by shop_id, category_code, price_band

),

final as (

    select
        -- ids
        bands.shop_id,
        bands.category_code,
        bands.price_band,

        -- the category, the same in each of its bands
        ranked.event_count,
        {{ amount('ranked.average_price') }} as average_price,
        {{ amount('ranked.min_price') }} as min_price,
        {{ amount('ranked.max_price') }} as max_price,
        ranked.average_price_rank,

        -- the band
        bands.product_count,
        {{ amount('bands.average_price') }} as band_average_price,
        {{ amount('bands.min_list_price') }} as band_min_list_price,
        {{ amount('bands.max_list_price') }} as band_max_list_price,
        bands.view_count,
        bands.purchase_count,
        {{ ratio('bands.purchase_count', 'bands.view_count') }} as purchase_rate,
        bands.human_view_count,
        bands.human_purchase_count,
        {{ ratio('bands.human_purchase_count', 'bands.human_view_count') }} as human_purchase_rate
    from bands
    inner join ranked
        on
            bands.shop_id = ranked.shop_id
            and bands.category_code = ranked.category_code

)

select * from final
