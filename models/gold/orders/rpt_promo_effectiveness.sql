-- One row per shop, discount and promo code, yes, no or null where orders do not say: orders against
-- those with neither. Only shops that record both.
with

orders as (

    select * from {{ ref('int_orders') }}
    where has_sale

),

customers as (

    select * from {{ ref('dim_customers') }}

),

promotions as (

    select
        orders.shop_id,
        orders.is_discount_applied as discount_applied,
        orders.is_promo_code_used as promo_code_used,
        count(*) as order_count,
        {{ count_where('customers.is_subscriber') }} as subscriber_order_count,
        sum(orders.gross_amount) as gross_amount,
        sum(orders.returned_amount) as returned_amount,
        sum(orders.net_amount) as net_amount,
        stddev_pop(orders.gross_amount) as stddev_amount
    from orders
    left join customers
        on
            orders.shop_id = customers.shop_id
            and orders.customer_id = customers.customer_id
    group by orders.shop_id, orders.is_discount_applied, orders.is_promo_code_used

),

shared as (

    select
        *,
        {{ revenue_share() }} as revenue_share,
        {{ ratio('gross_amount', 'order_count') }} as average_amount,
        -- one row of a shop has neither
        max(if(
            not discount_applied and not promo_code_used, {{ ratio('gross_amount', 'order_count') }}, null
        )) over (partition by shop_id) as baseline_amount,
        max(discount_applied is not null and promo_code_used is not null) over (partition by shop_id) as is_recorded
    from promotions

),

final as (

    select
        -- ids
        shop_id,
        discount_applied,
        promo_code_used,

        -- numerics
        order_count,
        subscriber_order_count,
        {{ rounded_net_amount() }} as net_amount,
        revenue_share,
        {{ amount('average_amount') }} as average_amount,
        {{ amount('stddev_amount') }} as stddev_amount,
        {{ ratio('(average_amount - baseline_amount)', 'baseline_amount') }} as change_from_baseline,
        {{ ratio('subscriber_order_count', 'order_count') }} as subscriber_rate
    from shared
    where is_recorded

)

select * from final
