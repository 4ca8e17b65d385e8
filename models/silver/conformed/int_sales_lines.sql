-- One row per shop and order line that is a sale or a return, with what sales reports group it by.
with

order_items as (

    select * from {{ ref('int_order_items') }}
    where is_sale or returned_amount <> 0

),

products as (

    select * from {{ ref('int_products') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

final as (

    select
        -- ids
        order_items.shop_id,
        order_items.order_item_id,
        order_items.order_id,
        order_items.customer_id,
        order_items.product_id,

        -- strings
        order_items.country,
        order_items.season,
        customers.state as customer_state,
        customers.city as customer_city,
        products.category,
        products.department,

        -- numerics
        if(order_items.is_sale, order_items.quantity, 0) as unit_count,
        order_items.gross_amount,
        order_items.returned_amount,
        order_items.net_amount,
        order_items.cost_amount,
        order_items.margin_amount,

        -- booleans
        order_items.is_sale,

        -- dates
        cast(order_items.ordered_at as date) as order_date
    from order_items
    left join products
        on
            order_items.shop_id = products.shop_id
            and order_items.product_id = products.product_id
    left join customers
        on
            order_items.shop_id = customers.shop_id
            and order_items.customer_id = customers.customer_id

)

select * from final
