-- One row per shop, known customer and day: what was ordered that day, and what came back that day.
-- Sums up to a day say what was known on it. What has no date is in a row without a day.
with

orders as (

    select
        shop_id,
        customer_id,
        order_date as day,
        1 as order_count
    from {{ ref('int_orders') }}
    where has_sale

),

order_items as (

    select
        order_items.*,
        order_items.quantity * products.unit_cost as line_cost
    from {{ ref('int_order_items') }} as order_items
    left join {{ ref('int_products') }} as products
        on
            order_items.shop_id = products.shop_id
            and order_items.product_id = products.product_id

),

movements as (

    select
        shop_id,
        customer_id,
        day,
        order_count,
        0 as item_count,
        0 as unit_count,
        0 as gross_amount,
        0 as returned_amount,
        0 as known_cost_net_amount,
        cast(null as decimal(38, 8)) as profit_amount
    from orders
    union all
    select
        shop_id,
        customer_id,
        cast(ordered_at as date) as day,
        0 as order_count,
        1 as item_count,
        quantity as unit_count,
        gross_amount,
        0 as returned_amount,
        if(line_cost is null, 0, gross_amount) as known_cost_net_amount,
        gross_amount - line_cost as profit_amount
    from order_items
    where is_sale
    union all
    -- what was sold and came back takes its profit along
    select
        shop_id,
        customer_id,
        cast(returned_at as date) as day,
        0 as order_count,
        0 as item_count,
        0 as unit_count,
        0 as gross_amount,
        returned_amount,
        if(is_sale and line_cost is not null, -returned_amount, 0) as known_cost_net_amount,
        if(is_sale, line_cost - returned_amount, null) as profit_amount
    from order_items
    where returned_amount > 0

),

final as (

    select
        shop_id,
        customer_id,
        day,
        sum(order_count) as order_count,
        sum(item_count) as item_count,
        sum(unit_count) as unit_count,
        {{ line_amount('sum(gross_amount)') }} as gross_amount,
        {{ line_amount('sum(returned_amount)') }} as returned_amount,
        {{ line_amount('sum(known_cost_net_amount)') }} as known_cost_net_amount,
        {{ line_amount('sum(profit_amount)') }} as profit_amount
    from movements
    where customer_id is not null
    group by shop_id, customer_id, day

)

select * from final
