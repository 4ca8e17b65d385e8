-- One row per shop, distribution centre and category, `unknown` included: how long its order lines
-- take to be shipped, delivered and sent back, and how many are late.
-- Only shops that record when lines were shipped.
with

order_items as (

    select * from {{ ref('int_order_items') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

distribution_centers as (

    select * from {{ ref('int_distribution_centers') }}

),

-- Seconds are whole numbers, so that sums of them are exact.
lines as (

    select
        order_items.shop_id,
        {{ or_unknown('order_items.distribution_center_id') }} as distribution_center_id,
        {{ or_unknown('products.category') }} as category,
        order_items.line_type = 'cancelled' as is_cancelled,
        order_items.is_sale,
        order_items.is_sale and order_items.shipped_at is not null as is_shipped,
        order_items.is_sale and order_items.delivered_at is not null as is_delivered,
        order_items.is_sale and order_items.returned_amount > 0 as is_returned,
        {{ seconds_between('order_items.ordered_at', 'order_items.shipped_at') }} as seconds_to_ship,
        {{ seconds_between('order_items.shipped_at', 'order_items.delivered_at') }} as seconds_to_deliver,
        {{ seconds_between('order_items.ordered_at', 'order_items.delivered_at') }} as seconds_to_receive,
        -- a return without a time of its own stands at that of its order, which says nothing here
        {{ seconds_between(
            'order_items.delivered_at', 'nullif(order_items.returned_at, order_items.ordered_at)'
        ) }} as seconds_to_return
    from order_items
    left join products
        on
            order_items.shop_id = products.shop_id
            and order_items.product_id = products.product_id

),

measured as (

    select
        shop_id,
        distribution_center_id,
        category,
        {{ count_where('is_sale') }} as order_item_count,
        {{ count_where('is_cancelled') }} as cancelled_count,
        {{ count_where('is_shipped') }} as shipped_count,
        {{ count_where('is_delivered') }} as delivered_count,
        {{ count_where('is_returned') }} as returned_count,
        {%- for step in ['ship', 'deliver', 'receive', 'return'] %}
        avg(seconds_to_{{ step }}) filter (where is_sale) as mean_seconds_to_{{ step }},
        percentile(seconds_to_{{ step }}, 0.5) filter (where is_sale) as median_seconds_to_{{ step }},
        {%- endfor %}
        {{ count_where('is_sale and seconds_to_ship > ' ~ var('late_shipment_days') * 86400) }}
            as late_shipment_count,
        {{ count_where('is_sale and seconds_to_receive > ' ~ var('late_delivery_days') * 86400) }}
            as late_delivery_count,
        -- those that are known to be late or not
        {{ count_where('is_sale and seconds_to_ship is not null') }} as timed_shipment_count,
        {{ count_where('is_sale and seconds_to_receive is not null') }} as timed_delivery_count
    from lines
    group by shop_id, distribution_center_id, category

),

recorded as (

    select
        *,
        sum(shipped_count) over (partition by shop_id) > 0 as is_recorded
    from measured

),

final as (

    select
        -- ids and strings
        recorded.shop_id,
        recorded.distribution_center_id,
        distribution_centers.distribution_center_name,
        recorded.category,

        -- counts
        recorded.order_item_count,
        recorded.cancelled_count,
        recorded.shipped_count,
        recorded.delivered_count,
        recorded.returned_count,

        -- days
        {%- for step in ['ship', 'deliver', 'receive', 'return'] %}
        {{ days_of_seconds('recorded.mean_seconds_to_' ~ step) }} as mean_days_to_{{ step }},
        {{ days_of_seconds('recorded.median_seconds_to_' ~ step) }} as median_days_to_{{ step }},
        {%- endfor %}

        -- late
        recorded.late_shipment_count,
        {{ ratio('recorded.late_shipment_count', 'recorded.timed_shipment_count') }} as late_shipment_rate,
        recorded.late_delivery_count,
        {{ ratio('recorded.late_delivery_count', 'recorded.timed_delivery_count') }} as late_delivery_rate
    from recorded
    left join distribution_centers
        on
            recorded.shop_id = distribution_centers.shop_id
            and recorded.distribution_center_id = distribution_centers.distribution_center_id
    where recorded.is_recorded

)

select * from final
