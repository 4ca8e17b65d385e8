-- One row per shop and known customer.
with

customers as (

    select * from {{ ref('int_customers') }}

),

orders as (

    select
        shop_id,
        customer_id,
        min(ordered_at) as first_order_at,
        max(ordered_at) as last_order_at,
        count(*) as order_count
    from {{ ref('int_orders') }}
    where has_sale and customer_id is not null
    group by shop_id, customer_id

),

robots as (

    select * from {{ ref('int_robots') }}

),

final as (

    select
        -- ids
        customers.shop_id,
        {{ entity_key('customers.customer_id', 'customers.shop_id') }} as customer_key,
        customers.customer_id,

        -- strings
        customers.country,
        customers.state,
        customers.city,
        customers.gender,
        {{ age_band('customers.age') }} as age_band,
        customers.traffic_source,
        {{ loyalty_tier('customers.previous_purchase_count') }} as loyalty_tier,

        -- numerics
        customers.age,
        customers.previous_purchase_count,
        coalesce(orders.order_count, 0) as order_count,

        -- booleans
        customers.is_subscriber,
        robots.shop_id is not null as is_robot,

        -- timestamps
        customers.registered_at,
        orders.first_order_at,
        orders.last_order_at
    from customers
    left join orders
        on
            customers.shop_id = orders.shop_id
            and customers.customer_id = orders.customer_id
    left join robots
        on
            customers.shop_id = robots.shop_id
            and customers.customer_id = robots.customer_id

)

select * from final
