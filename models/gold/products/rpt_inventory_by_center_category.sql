-- One row per shop, distribution centre and category, `unknown` included: what lies there, what it cost,
-- and for how many days it lasts. Only shops that record their stock.
with

center_stock as (

    select * from {{ ref('int_center_stock') }}

),

distribution_centers as (

    select * from {{ ref('int_distribution_centers') }}

),

final as (

    select
        -- ids and strings
        center_stock.shop_id,
        center_stock.distribution_center_id,
        distribution_centers.distribution_center_name,
        center_stock.category,

        -- counts
        center_stock.product_count,
        center_stock.stocked_count,
        center_stock.sold_count,
        center_stock.on_hand_count,
        center_stock.units_sold_90d,
        {{ days_of_cover('center_stock.on_hand_count', 'center_stock.units_sold_90d') }} as days_of_cover,

        -- what is on hand has cost, as far as it is known
        center_stock.known_cost_on_hand_count,
        {{ amount('center_stock.on_hand_cost_amount') }} as on_hand_cost_amount
    from center_stock
    left join distribution_centers
        on
            center_stock.shop_id = distribution_centers.shop_id
            and center_stock.distribution_center_id = distribution_centers.distribution_center_id

)

select * from final
