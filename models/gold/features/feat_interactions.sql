-- One row per shop, customer, product and day as of which it is described: how much they had to do
-- with each other. Views and carts come from events, purchases from order lines.
with

dates as (

    select * from {{ ref('int_feature_dates') }}
    where is_latest or is_holdout or is_validation

),

reviews as (

    select
        shop_id,
        order_id,
        review_rating
    from {{ ref('int_order_attributes') }}

),

sales as (

    select * from {{ ref('int_order_items') }}
    where is_sale

),

interactions as (

    select
        shop_id,
        customer_id,
        product_id,
        event_type as interaction,
        event_at as interacted_at,
        cast(null as double) as review_rating
    from {{ ref('int_events') }}
    where event_type in ('view', 'cart')
    union all
    select
        sales.shop_id,
        sales.customer_id,
        sales.product_id,
        'purchase' as interaction,
        sales.ordered_at as interacted_at,
        reviews.review_rating
    from sales
    left join reviews
        on
            sales.shop_id = reviews.shop_id
            and sales.order_id = reviews.order_id

),

counted as (

    select
        interactions.shop_id,
        interactions.customer_id,
        interactions.product_id,
        dates.as_of_date,
        max(dates.is_latest) as is_latest,
        max(dates.is_holdout) as is_holdout,
        max(dates.is_validation) as is_validation,
        count(*) as interaction_count,
        {{ count_where("interactions.interaction = 'view'") }} as view_count,
        {{ count_where("interactions.interaction = 'cart'") }} as cart_count,
        {{ count_where("interactions.interaction = 'purchase'") }} as purchase_count,
        avg(interactions.review_rating) as review_rating,
        min(interactions.interacted_at) as first_at,
        max(interactions.interacted_at) as last_at
    from interactions
    inner join dates
        on
            interactions.shop_id = dates.shop_id
            and {{ is_known('cast(interactions.interacted_at as date)', 'dates.as_of_date') }}
    where interactions.customer_id is not null and interactions.product_id is not null
    group by
        interactions.shop_id, interactions.customer_id, interactions.product_id, dates.as_of_date

),

final as (

    select
        -- ids
        shop_id,
        {{ feature_key(['customer_id', 'product_id']) }} as feature_key,
        {{ entity_key('customer_id') }} as customer_key,
        {{ entity_key('product_id') }} as product_key,

        -- numerics
        interaction_count,
        view_count,
        cart_count,
        purchase_count,
        {{ interaction_strength('view_count', 'cart_count', 'purchase_count') }} as strength,
        review_rating,

        -- booleans
        is_latest,
        is_holdout,
        is_validation,

        -- dates and timestamps
        first_at,
        last_at,
        as_of_date
    from counted

)

select * from final
