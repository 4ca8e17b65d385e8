-- One row per shop and product of its catalogue: what visitors did with it, at which prices, and what
-- it brought. The one pass over events by product.
-- Counts of a kind of event are null for shops whose events of that kind name no product.
with

products as (

    select * from {{ ref('int_products') }}

),

robots as (

    select * from {{ ref('int_robots') }}

),

events as (

    select
        events.shop_id,
        events.product_id,
        events.event_type,
        events.price,
        robots.shop_id is not null as is_robot
    from {{ ref('int_events') }} as events
    left join robots
        on
            {{ is_visit_of('robots', 'events') }}
    where events.product_id is not null

),

event_counts as (

    select
        shop_id,
        product_id,
        {{ count_where("event_type = 'view'") }} as view_count,
        {{ count_where("event_type = 'cart'") }} as cart_count,
        {{ count_where("event_type = 'purchase'") }} as purchase_count,
        {{ count_where("event_type = 'view' and not is_robot") }} as human_view_count,
        {{ count_where("event_type = 'purchase' and not is_robot") }} as human_purchase_count,
        -- events with a price
        {{ count_where(is_price('price')) }} as priced_event_count,
        {{ count_where("event_type = 'view' and " ~ is_price('price')) }} as priced_view_count,
        {{ count_where("event_type = 'purchase' and " ~ is_price('price')) }} as priced_purchase_count,
        {{ count_where("event_type = 'view' and not is_robot and " ~ is_price('price')) }}
            as human_priced_view_count,
        {{ count_where("event_type = 'purchase' and not is_robot and " ~ is_price('price')) }}
            as human_priced_purchase_count,
        sum(if({{ is_price('price') }}, price, null)) as price_sum,
        min(if({{ is_price('price') }}, price, null)) as min_price,
        max(if({{ is_price('price') }}, price, null)) as max_price
    from events
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
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount
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

        -- counts
        if(recorded.has_views, coalesce(event_counts.view_count, 0), null) as view_count,
        if(recorded.has_carts, coalesce(event_counts.cart_count, 0), null) as cart_count,
        if(recorded.has_purchases, coalesce(event_counts.purchase_count, 0), null) as purchase_count,
        if(recorded.has_views, coalesce(event_counts.human_view_count, 0), null) as human_view_count,
        if(recorded.has_purchases, coalesce(event_counts.human_purchase_count, 0), null)
            as human_purchase_count,

        -- events with a price
        coalesce(event_counts.priced_event_count, 0) as priced_event_count,
        coalesce(event_counts.priced_view_count, 0) as priced_view_count,
        coalesce(event_counts.priced_purchase_count, 0) as priced_purchase_count,
        coalesce(event_counts.human_priced_view_count, 0) as human_priced_view_count,
        coalesce(event_counts.human_priced_purchase_count, 0) as human_priced_purchase_count,

        -- amounts
        products.list_price,
        event_counts.price_sum,
        event_counts.min_price,
        event_counts.max_price,
        {{ line_amount('coalesce(sales.gross_amount, 0)') }} as gross_amount,
        {{ line_amount('coalesce(sales.returned_amount, 0)') }} as returned_amount
    from products
    left join event_counts
        on
            products.shop_id = event_counts.shop_id
            and products.product_id = event_counts.product_id
    left join sales
        on
            products.shop_id = sales.shop_id
            and products.product_id = sales.product_id
    left join recorded on products.shop_id = recorded.shop_id

)

select * from final
