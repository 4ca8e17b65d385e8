-- One row per shop and product of its catalogue: what visitors did with it, and what it brought.
-- Counts of a kind of event are null for shops whose events of that kind name no product.
with

products as (

    select * from {{ ref('int_products') }}

),

event_counts as (

    select
        shop_id,
        product_id,
        {{ count_where("event_type = 'view'") }} as view_count,
        {{ count_where("event_type = 'cart'") }} as cart_count,
        {{ count_where("event_type = 'purchase'") }} as purchase_count
    from {{ ref('int_events') }}
    where product_id is not null
    group by shop_id, product_id

),

recorded as (

    select
        shop_id,
        sum(view_count) > 0 as has_views,
        sum(cart_count) > 0 as has_carts,
        sum(purchase_count) > 0 as has_purchases
    from event_counts
    group by shop_id

),

sales as (

    select
        shop_id,
        product_id,
        sum(net_amount) as net_amount
    from {{ ref('int_order_items') }}
    group by shop_id, product_id

),

final as (

    select
        -- ids
        products.shop_id,
        products.product_id,

        -- strings
        products.brand,
        products.category_code,

        -- numerics
        if(recorded.has_views, coalesce(event_counts.view_count, 0), null) as view_count,
        if(recorded.has_carts, coalesce(event_counts.cart_count, 0), null) as cart_count,
        if(recorded.has_purchases, coalesce(event_counts.purchase_count, 0), null) as purchase_count,
        {{ line_amount('coalesce(sales.net_amount, 0)') }} as net_amount
    from products
    left join event_counts using (shop_id, product_id)
    left join sales using (shop_id, product_id)
    left join recorded using (shop_id)

)

select * from final
