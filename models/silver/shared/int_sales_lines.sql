-- One row per shop and order line that is a sale or a return, with what sales reports group it by.
with

order_items as (

    select * from {{ ref('int_order_items') }}
    where is_sale or returned_amount <> 0

),

orders as (

    select * from {{ ref('int_orders') }}

),

-- ids break ties
first_orders as (

    select
        shop_id,
        min_by(order_id, struct(ordered_at, order_id)) as order_id
    from orders
    where has_sale and customer_id is not null and ordered_at is not null
    group by shop_id, customer_id

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

        -- of the order
        order_items.country,
        order_items.season,
        orders.payment_method,
        case
            when first_orders.order_id is not null then 'new'
            when orders.customer_id is not null and orders.ordered_at is not null then 'returning'
        end as customer_type,

        -- of the customer
        customers.state as customer_state,
        customers.city as customer_city,
        nullif(concat_ws(', ', customers.city, customers.state, order_items.country), '') as location,
        customers.gender,
        {{ age_band('customers.age') }} as age_band,
        customers.traffic_source,

        -- of the product
        products.category,
        products.category_level_1,
        products.category_level_2,
        products.category_level_3,
        products.category_level_4,
        products.brand,
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

        -- dates: of the line, and of its order
        cast(order_items.ordered_at as date) as order_date,
        orders.order_date as placed_date
    from order_items
    left join orders
        on
            order_items.shop_id = orders.shop_id
            and order_items.order_id = orders.order_id
    left join first_orders
        on
            order_items.shop_id = first_orders.shop_id
            and order_items.order_id = first_orders.order_id
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
