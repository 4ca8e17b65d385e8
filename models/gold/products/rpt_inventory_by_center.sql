-- One row per shop and distribution centre, `unknown` included: what lies there, what it cost, and for
-- how many days it lasts. Only shops that record their stock.
with

center_stock as (

    select * from {{ ref('int_center_stock') }}

),

distribution_centers as (

    select * from {{ ref('int_distribution_centers') }}

),

-- A product has one category, so that those of all categories add up.
centers as (

    select
        shop_id,
        distribution_center_id,
        sum(product_count) as product_count,
        sum(stocked_count) as stocked_count,
        sum(sold_count) as sold_count,
        sum(on_hand_count) as on_hand_count,
        sum(units_sold_90d) as units_sold_90d,
        sum(known_cost_on_hand_count) as known_cost_on_hand_count,
        sum(on_hand_cost_amount) as on_hand_cost_amount
    from center_stock
    group by shop_id, distribution_center_id

),

final as (

    select
        -- ids and strings
        centers.shop_id,
        centers.distribution_center_id,
        distribution_centers.distribution_center_name,

        -- counts
        centers.product_count,
        centers.stocked_count,
        centers.sold_count,
        centers.on_hand_count,
        centers.units_sold_90d,
        {{ days_of_cover('centers.on_hand_count', 'centers.units_sold_90d') }} as days_of_cover,

        -- what is on hand has cost, as far as it is known
        centers.known_cost_on_hand_count,
        {{ amount('centers.on_hand_cost_amount') }} as on_hand_cost_amount
    from centers
    left join distribution_centers
        on
            centers.shop_id = distribution_centers.shop_id
            and centers.distribution_center_id = distribution_centers.distribution_center_id

)

select * from final
