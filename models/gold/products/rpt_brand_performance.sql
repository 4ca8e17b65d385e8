-- One row per shop and brand: its products, what visitors did with them, and what they brought.
with

products as (

    select * from {{ ref('int_product_engagement') }}
    where brand is not null

),

sales as (

    select * from {{ ref('int_order_items') }}
    where is_sale

),

orders as (

    select * from {{ ref('int_orders') }}

),

selling_shops as (

    select distinct shop_id
    from orders

),

brands as (

    select
        shop_id,
        brand,
        count(*) as product_count,
        sum(view_count) as view_count,
        sum(cart_count) as cart_count,
        sum(purchase_count) as purchase_count,
        sum(human_view_count) as human_view_count,
        sum(human_purchase_count) as human_purchase_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        -- a product that was seen and never bought counts as 0
        avg({{ ratio('purchase_count', 'view_count') }}) as mean_product_conversion_rate,
        avg({{ ratio('human_purchase_count', 'human_view_count') }}) as human_mean_product_conversion_rate
    from products
    group by shop_id, brand

),

-- An order with several lines of a brand is one.
brand_orders as (

    select distinct
        sales.shop_id,
        sales.order_id,
        products.brand
    from sales
    inner join products
        on
            sales.shop_id = products.shop_id
            and sales.product_id = products.product_id

),

order_totals as (

    select
        brand_orders.shop_id,
        brand_orders.brand,
        count(*) as order_count,
        sum(orders.gross_amount) as order_gross_amount
    from brand_orders
    inner join orders
        on
            brand_orders.shop_id = orders.shop_id
            and brand_orders.order_id = orders.order_id
    group by brand_orders.shop_id, brand_orders.brand

),

measured as (

    select
        brands.*,
        -- null, not 0, for a shop without orders
        if(selling_shops.shop_id is null, null, coalesce(order_totals.order_count, 0)) as order_count,
        if(selling_shops.shop_id is null, null, coalesce(order_totals.order_gross_amount, 0))
            as order_gross_amount
    from brands
    left join selling_shops on brands.shop_id = selling_shops.shop_id
    left join order_totals
        on
            brands.shop_id = order_totals.shop_id
            and brands.brand = order_totals.brand

),

final as (

    select
        -- ids
        shop_id,
        brand,

        -- numerics
        product_count,
        view_count,
        cart_count,
        purchase_count,
        human_view_count,
        human_purchase_count,
        {{ rounded_net_amount() }} as net_amount,

        -- whole orders that hold the brand
        order_count,
        {{ amount('order_gross_amount') }} as order_gross_amount,
        {{ amount('try_divide(order_gross_amount, order_count)') }} as average_order_value,

        -- rates
        {{ ratio('purchase_count', 'view_count') }} as conversion_rate,
        mean_product_conversion_rate,
        {{ ratio('human_purchase_count', 'human_view_count') }} as human_conversion_rate,
        human_mean_product_conversion_rate,

        -- ranks
        row_number() over (partition by shop_id order by gross_amount - returned_amount desc, brand asc)
            as revenue_rank,
        {{ conversion_rank('view_count', 'purchase_count', 'brand') }} as conversion_rank,
        {{ conversion_rank('view_count', 'purchase_count', 'brand', rate='mean_product_conversion_rate') }}
            as mean_conversion_rank
    from measured

)

select * from final
