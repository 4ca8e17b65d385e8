-- One row per shop and product that was ever in stock: pieces on hand, and units sold lately.
with

inventory_items as (

    select * from {{ ref('int_inventory_items') }}

),

sales as (

    select * from {{ ref('int_order_items') }}
    where is_sale

),

last_sales as (

    select
        shop_id,
        max(ordered_at) as last_sale_at
    from sales
    group by shop_id

),

recent_sales as (

    select
        sales.shop_id,
        sales.product_id,
        sum(sales.quantity) as unit_count
    from sales
    inner join last_sales on sales.shop_id = last_sales.shop_id
    where {{ is_recent_sale('sales.ordered_at', 'last_sales.last_sale_at') }}
    group by sales.shop_id, sales.product_id

),

stock as (

    select
        shop_id,
        product_id,
        count(*) as stocked_count,
        {{ count_where('sold_at is null') }} as on_hand_count
    from inventory_items
    group by shop_id, product_id

),

final as (

    select
        -- ids
        stock.shop_id,
        stock.product_id,

        -- counts
        stock.stocked_count,
        stock.on_hand_count,
        coalesce(recent_sales.unit_count, 0) as units_sold_90d
    from stock
    left join recent_sales
        on
            stock.shop_id = recent_sales.shop_id
            and stock.product_id = recent_sales.product_id

)

select * from final
