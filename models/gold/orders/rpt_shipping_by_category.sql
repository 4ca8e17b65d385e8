-- One row per shop, category and shipping type: how each category travels. Only shops that record both.
with

sales as (

    select * from {{ ref('int_order_items') }}
    where is_sale

),

orders as (

    select * from {{ ref('int_orders') }}
    where shipping_type is not null

),

products as (

    select * from {{ ref('int_products') }}
    where category is not null

),

order_categories as (

    select
        orders.shop_id,
        orders.order_id,
        products.category,
        orders.shipping_type,
        sum(sales.gross_amount) as gross_amount,
        sum(sales.returned_amount) as returned_amount
    from sales
    inner join orders
        on
            sales.shop_id = orders.shop_id
            and sales.order_id = orders.order_id
    inner join products
        on
            sales.shop_id = products.shop_id
            and sales.product_id = products.product_id
    group by orders.shop_id, orders.order_id, products.category, orders.shipping_type

),

shipping as (

    select
        shop_id,
        category,
        shipping_type,
        count(*) as order_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        percentile(gross_amount, 0.5) as median_order_amount
    from order_categories
    group by shop_id, category, shipping_type

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
            order by order_count desc, shipping_type asc
        ) as shipping_rank
    from shipping

)

select * from final
