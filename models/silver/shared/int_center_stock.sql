-- One row per shop, distribution centre and category, `unknown` included: what lies there, what it cost
-- (not rounded), and units sold lately. Only shops that record their stock.
with

inventory_items as (

    select * from {{ ref('int_inventory_items') }}

),

sales as (

    select * from {{ ref('int_order_items') }}
    where is_sale

),

products as (

    select * from {{ ref('int_products') }}

),

stock as (

    select
        inventory_items.shop_id,
        {{ or_unknown('inventory_items.distribution_center_id') }} as distribution_center_id,
        {{ or_unknown('products.category') }} as category,
        count(distinct inventory_items.product_id) as product_count,
        count(*) as stocked_count,
        {{ count_where('inventory_items.sold_at is null') }} as on_hand_count,
        {{ count_where('inventory_items.sold_at is not null') }} as sold_count,
        {{ count_where('inventory_items.sold_at is null and inventory_items.cost is not null') }}
            as known_cost_on_hand_count,
        sum(if(inventory_items.sold_at is null, coalesce(inventory_items.cost, 0), 0)) as on_hand_cost_amount
    from inventory_items
    left join products
        on
            inventory_items.shop_id = products.shop_id
            and inventory_items.product_id = products.product_id
    group by
        inventory_items.shop_id,
        {{ or_unknown('inventory_items.distribution_center_id') }},
        {{ or_unknown('products.category') }}

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
        {{ or_unknown('products.category') }} as category,
        sum(sales.quantity) as unit_count
    from sales
    inner join last_sales on sales.shop_id = last_sales.shop_id
    left join products
        on
            sales.shop_id = products.shop_id
            and sales.product_id = products.product_id
    where {{ is_recent_sale('sales.ordered_at', 'last_sales.last_sale_at') }}
    group by sales.shop_id, {{ or_unknown('sales.distribution_center_id') }}, {{ or_unknown('products.category') }}

),

-- A centre that sold what it never had in stock is there too, with nothing on hand.
final as (

    select
        -- ids and strings
        coalesce(stock.shop_id, recent_sales.shop_id) as shop_id,
        coalesce(stock.distribution_center_id, recent_sales.distribution_center_id) as distribution_center_id,
        coalesce(stock.category, recent_sales.category) as category,

        -- counts
        coalesce(stock.product_count, 0) as product_count,
        coalesce(stock.stocked_count, 0) as stocked_count,
        coalesce(stock.sold_count, 0) as sold_count,
        coalesce(stock.on_hand_count, 0) as on_hand_count,
        coalesce(recent_sales.unit_count, 0) as units_sold_90d,

        -- what is on hand has cost, as far as it is known
        coalesce(stock.known_cost_on_hand_count, 0) as known_cost_on_hand_count,
        coalesce(stock.on_hand_cost_amount, 0) as on_hand_cost_amount
    from stock
    full outer join recent_sales
        on
            stock.shop_id = recent_sales.shop_id
            and stock.distribution_center_id = recent_sales.distribution_center_id
            and stock.category = recent_sales.category

)

select * from final
