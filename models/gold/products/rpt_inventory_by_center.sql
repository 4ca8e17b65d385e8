-- One row per shop and distribution centre, `unknown` included: what lies there, what it cost, and for
-- how many days it lasts. Only shops that record their stock.
with

inventory_items as (

    select * from {{ ref('int_inventory_items') }}

),

sales as (

    select * from {{ ref('int_order_items') }}
    where is_sale

),

distribution_centers as (

    select * from {{ ref('int_distribution_centers') }}

),

stock as (

    select
        shop_id,
        {{ or_unknown('distribution_center_id') }} as distribution_center_id,
        count(distinct product_id) as product_count,
        count(*) as stocked_count,
        {{ count_where('sold_at is null') }} as on_hand_count,
        {{ count_where('sold_at is not null') }} as sold_count,
        {{ count_where('sold_at is null and cost is not null') }} as known_cost_on_hand_count,
        sum(if(sold_at is null, coalesce(cost, 0), 0)) as on_hand_cost_amount
    from inventory_items
    group by shop_id, {{ or_unknown('distribution_center_id') }}

),

last_sales as (

    select
        shop_id,
        max(ordered_at) as last_sale_at
    from sales
    where shop_id in (select stocking.shop_id from stock as stocking)
    group by shop_id

),

recent_sales as (

    select
        sales.shop_id,
        {{ or_unknown('sales.distribution_center_id') }} as distribution_center_id,
        sum(sales.quantity) as unit_count
    from sales
    inner join last_sales on sales.shop_id = last_sales.shop_id
    where {{ is_recent_sale('sales.ordered_at', 'last_sales.last_sale_at') }}
    group by sales.shop_id, {{ or_unknown('sales.distribution_center_id') }}

),

-- A centre that sold what it never had in stock is there too, with nothing on hand.
centers as (

    select
        coalesce(stock.shop_id, recent_sales.shop_id) as shop_id,
        coalesce(stock.distribution_center_id, recent_sales.distribution_center_id) as distribution_center_id,
        coalesce(stock.product_count, 0) as product_count,
        coalesce(stock.stocked_count, 0) as stocked_count,
        coalesce(stock.on_hand_count, 0) as on_hand_count,
        coalesce(stock.sold_count, 0) as sold_count,
        coalesce(stock.known_cost_on_hand_count, 0) as known_cost_on_hand_count,
        coalesce(stock.on_hand_cost_amount, 0) as on_hand_cost_amount,
        coalesce(recent_sales.unit_count, 0) as units_sold_90d
    from stock
    full outer join recent_sales
        on
            stock.shop_id = recent_sales.shop_id
            and stock.distribution_center_id = recent_sales.distribution_center_id

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
