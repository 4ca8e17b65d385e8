-- One row per shop and type of customer, by the size of the orders: what wholesale, retail and unknown
-- customers bring.
with

orders as (

    select
        *,
        unit_count >= {{ by_shop('wholesale_unit_count') }} as is_wholesale_size
    from {{ ref('int_orders') }}

),

customers as (

    select
        shop_id,
        customer_id,
        if(2 * count_if(is_wholesale_size) >= count(*), 'wholesale', 'retail') as customer_type
    from orders
    where has_sale and customer_id is not null
    group by shop_id, customer_id

),

typed_orders as (

    select
        orders.*,
        {{ or_unknown('customers.customer_type') }} as customer_type
    from orders
    left join customers
        on
            orders.shop_id = customers.shop_id
            and orders.customer_id = customers.customer_id

),

types as (

    select
        shop_id,
        customer_type,
        {{ count_where('has_sale and is_wholesale_size') }} as wholesale_order_count,
        {{ sales_measures() }}
    from typed_orders
    group by shop_id, customer_type

),

final as (

    select
        -- ids
        shop_id,
        customer_type,

        -- counts
        customer_count,
        order_count,
        wholesale_order_count,
        item_count,
        unit_count,
        {{ ratio('unit_count', 'order_count') }} as units_per_order,

        -- amounts
        {{ amount('gross_amount') }} as gross_amount,
        {{ amount('returned_amount') }} as returned_amount,
        {{ rounded_net_amount() }} as net_amount,
        {{ average_order_value() }} as average_order_value,

        -- shares of the shop
        {{ ratio('customer_count', 'sum(customer_count) over (partition by shop_id)') }} as customer_share,
        {{ ratio('order_count', 'sum(order_count) over (partition by shop_id)') }} as order_share,
        {{ revenue_share() }} as revenue_share
    from types

)

select * from final
