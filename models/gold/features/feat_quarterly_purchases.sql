-- One row per shop, customer, product and quarter in which the customer bought it: quarters of 91 days
-- each, counted back from the day as of which this is written.
with

dates as (

    select * from {{ ref('int_feature_dates') }}
    where is_latest and as_of_date is not null

),

sales as (

    select
        order_items.shop_id,
        order_items.customer_id,
        order_items.product_id,
        dates.as_of_date,
        cast(floor(datediff(dates.as_of_date, cast(order_items.ordered_at as date)) / 91) as int) as quarters_ago
    from {{ ref('int_order_items') }} as order_items
    inner join dates
        on
            order_items.shop_id = dates.shop_id
            and cast(order_items.ordered_at as date) <= dates.as_of_date
    where order_items.is_sale and order_items.customer_id is not null

),

products as (

    select * from {{ ref('dim_products') }}

),

purchases as (

    select
        shop_id,
        customer_id,
        product_id,
        as_of_date,
        quarters_ago,
        date_sub(as_of_date, 91 * quarters_ago) as quarter_end_date,
        count(*) as purchase_count
    from sales
    group by shop_id, customer_id, product_id, as_of_date, quarters_ago

),

final as (

    select
        -- ids
        purchases.shop_id,
        {{ feature_key(
            ['purchases.customer_id', 'purchases.product_id'], 'purchases.quarter_end_date', 'purchases.shop_id'
        ) }} as feature_key,
        {{ entity_key('purchases.customer_id', 'purchases.shop_id') }} as customer_key,
        {{ entity_key('purchases.product_id', 'purchases.shop_id') }} as product_key,
        products.category,

        -- numerics
        purchases.quarters_ago,
        purchases.purchase_count,

        -- dates
        purchases.quarter_end_date,
        purchases.as_of_date
    from purchases
    inner join products
        on
            purchases.shop_id = products.shop_id
            and purchases.product_id = products.product_id

)

select * from final
