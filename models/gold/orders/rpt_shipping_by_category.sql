-- One row per shop, category and shipping type, `unknown` of either included: how each category travels.
-- Only shops that record both.
with

sales as (

    select * from {{ ref('fct_order_items') }}
    where is_sale

),

orders as (

    select * from {{ ref('fct_orders') }}
    where has_sale

),

shops as (

    select distinct shop_id
    from orders
    where shipping_type is not null

),

products as (

    select * from {{ ref('dim_products') }}

),

-- An order with items of two categories counts in both.
order_categories as (

    select
        orders.shop_id,
        orders.order_key,
        {{ or_unknown('products.category') }} as category,
        {{ or_unknown('orders.shipping_type') }} as shipping_type,
        count(products.category) as known_count,
        sum(sales.gross_amount) as gross_amount,
        sum(sales.returned_amount) as returned_amount
    from sales
    inner join shops on sales.shop_id = shops.shop_id
    inner join orders on sales.order_key = orders.order_key
    left join products on sales.product_key = products.product_key
    group by
        orders.shop_id,
        orders.order_key,
        {{ or_unknown('products.category') }},
        {{ or_unknown('orders.shipping_type') }}

),

shipping as (

    select
        shop_id,
        category,
        shipping_type,
        sum(known_count) as known_count,
        count(*) as order_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        percentile(gross_amount, 0.5) as median_order_amount
    from order_categories
    group by shop_id, category, shipping_type

),

shared as (

    select
        *,
        sum(known_count) over (partition by shop_id) > 0 as is_recorded
    from shipping

),

final as (

    select
        -- ids
        shop_id,
        category,
        shipping_type,

        -- numerics
        order_count,
        {{ rounded_net_amount() }} as net_amount,
        {{ average_order_value() }} as average_order_value,
        {{ amount('median_order_amount') }} as median_order_amount,

        -- within the category
        {{ ratio('order_count', 'sum(order_count) over (partition by shop_id, category)') }} as order_share,
        row_number() over (
            partition by shop_id, category
            order by shipping_type = 'unknown' asc, order_count desc, shipping_type asc
        ) as shipping_rank
    from shared
    where is_recorded

)

select * from final
