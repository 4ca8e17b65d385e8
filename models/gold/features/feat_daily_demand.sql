-- One row per shop, level, item and day from the shop's first sale on, zeros included: what it sold.
-- The shop as a whole, every category and country, and the products that sold best up to the day as of
-- which this is written.
with

dates as (

    select * from {{ ref('int_feature_dates') }}
    where is_latest and as_of_date is not null

),

sales as (

    select
        order_items.shop_id,
        order_items.product_id,
        products.category,
        orders.country,
        order_items.quantity,
        order_items.gross_amount,
        cast(order_items.ordered_at as date) as demand_date,
        dates.as_of_date
    from {{ ref('int_order_items') }} as order_items
    inner join dates
        on
            order_items.shop_id = dates.shop_id
            and cast(order_items.ordered_at as date) <= dates.as_of_date
    inner join {{ ref('dim_products') }} as products
        on
            order_items.shop_id = products.shop_id
            and order_items.product_id = products.product_id
    left join {{ ref('int_orders') }} as orders
        on
            order_items.shop_id = orders.shop_id
            and order_items.order_id = orders.order_id
    where order_items.is_sale

),

spans as (

    select
        shop_id,
        as_of_date,
        min(demand_date) as first_day
    from sales
    group by shop_id, as_of_date

),

ranked_products as (

    select
        shop_id,
        product_id,
        row_number() over (partition by shop_id order by sum(quantity) desc, product_id asc) as demand_rank
    from sales
    group by shop_id, product_id

),

demand as (

    select
        sales.shop_id,
        'product' as level,
        sales.product_id as item,
        sales.demand_date,
        sum(sales.quantity) as unit_count,
        sum(sales.gross_amount) as gross_amount
    from sales
    inner join ranked_products
        on
            sales.shop_id = ranked_products.shop_id
            and sales.product_id = ranked_products.product_id
            and ranked_products.demand_rank <= {{ var('demand_product_count') }}
    group by sales.shop_id, sales.product_id, sales.demand_date
    union all
    select
        shop_id,
        'category' as level,
        category as item,
        demand_date,
        sum(quantity) as unit_count,
        sum(gross_amount) as gross_amount
    from sales
    where category is not null
    group by shop_id, category, demand_date
    union all
    select
        shop_id,
        'country' as level,
        country as item,
        demand_date,
        sum(quantity) as unit_count,
        sum(gross_amount) as gross_amount
    from sales
    where country is not null
    group by shop_id, country, demand_date
    union all
    select
        shop_id,
        'shop' as level,
        'all' as item,
        demand_date,
        sum(quantity) as unit_count,
        sum(gross_amount) as gross_amount
    from sales
    group by shop_id, demand_date

),

items as (

    select distinct
        shop_id,
        level,
        item
    from demand

),

grid as (

    select
        items.shop_id,
        items.level,
        items.item,
        spans.as_of_date,
        explode(sequence(spans.first_day, spans.as_of_date, interval 1 day)) as demand_date
    from items
    inner join spans on items.shop_id = spans.shop_id

),

final as (

    select
        -- ids
        grid.shop_id,
        grid.level,
        grid.item,
        grid.demand_date,

        -- numerics
        coalesce(demand.unit_count, 0) as unit_count,
        {{ amount('coalesce(demand.gross_amount, 0)') }} as gross_amount,

        -- dates
        grid.as_of_date
    from grid
    left join demand
        on
            grid.shop_id = demand.shop_id
            and grid.level = demand.level
            and grid.item = demand.item
            and grid.demand_date = demand.demand_date

)

select * from final
