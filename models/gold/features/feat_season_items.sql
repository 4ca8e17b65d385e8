-- One row per shop and line sold to a known customer in a known season: the item, and who bought it.
with

sales as (

    select * from {{ ref('int_order_items') }}
    where is_sale and season is not null and customer_id is not null

),

dates as (

    select * from {{ ref('int_feature_dates') }}
    where is_latest

),

customers as (

    select * from {{ ref('dim_customers') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

order_attributes as (

    select * from {{ ref('int_order_attributes') }}

),

joined as (

    select
        sales.shop_id,
        sales.order_item_id,
        sales.customer_id,
        sales.season,
        sales.product_id,
        sales.country,
        cast(sales.ordered_at as date) as order_date,
        dates.as_of_date,
        products.category,
        order_attributes.size,
        order_attributes.color,
        -- what the order says of the customer comes before what is known of them now
        coalesce(order_attributes.gender, customers.gender) as gender,
        coalesce(order_attributes.age, customers.age) as age,
        coalesce(order_attributes.state, customers.state) as state,
        coalesce(order_attributes.is_subscriber, customers.is_subscriber) as is_subscriber,
        order_attributes.previous_purchase_count
    from sales
    inner join dates
        on
            sales.shop_id = dates.shop_id
            and {{ is_known('cast(sales.ordered_at as date)', 'dates.as_of_date') }}
    inner join customers
        on
            sales.shop_id = customers.shop_id
            and sales.customer_id = customers.customer_id
    inner join products
        on
            sales.shop_id = products.shop_id
            and sales.product_id = products.product_id
    left join order_attributes
        on
            sales.shop_id = order_attributes.shop_id
            and sales.order_id = order_attributes.order_id

),

final as (

    select
        -- ids
        shop_id,
        {{ entity_key('order_item_id') }} as order_item_key,
        {{ entity_key('customer_id') }} as customer_key,
        {{ entity_key('product_id') }} as product_key,

        -- the item and its season
        season,
        product_id as item,
        category,
        size,
        color,

        -- the customer
        gender,
        age,
        {{ age_band('age') }} as age_band,
        country,
        state,
        is_subscriber,
        previous_purchase_count,

        -- dates
        order_date,
        as_of_date
    from joined

)

select * from final
