-- One row per shop and product that was ever in stock: what is left, and for how many days.
with

stock as (

    select * from {{ ref('int_product_stock') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

covered as (

    select
        *,
        {{ days_of_cover() }} as days_of_cover,
        -- the units from which on a product is among the shop's best sellers
        percentile(units_sold_90d, {{ var('low_stock_percentile') }}) over (partition by shop_id)
            as best_seller_units
    from stock

),

final as (

    select
        -- ids
        covered.shop_id,
        {{ entity_key('covered.product_id', 'covered.shop_id') }} as product_key,
        covered.product_id,

        -- strings
        products.product_name,
        products.category,
        products.brand,

        -- numerics
        covered.stocked_count,
        covered.on_hand_count,
        covered.units_sold_90d,
        covered.days_of_cover,

        -- booleans: a product that did not sell has no days of cover
        coalesce(
            covered.units_sold_90d >= covered.best_seller_units
            and covered.days_of_cover < {{ var('low_stock_days') }},
            false
        ) as is_low_stock
    from covered
    inner join products
        on
            covered.shop_id = products.shop_id
            and covered.product_id = products.product_id

)

select * from final
