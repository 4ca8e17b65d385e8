-- Every dimension that a shop records of a customer with a sale holds all customers with a sale, their
-- orders and their net amount; and no other dimension is reported.
with

customers as (

    select * from {{ ref('dim_customers') }}
    where order_count > 0

),

recorded as (

    select
        shop_id,
        stack(
            8,
            'gender', count(gender),
            'age_band', count(age_band),
            'country', count(country),
            'city', count(city),
            'state', count(state),
            'traffic_source', count(traffic_source),
            'loyalty_tier', count(loyalty_tier),
            'gender_age_band', count(gender || age_band)
        ) as (dimension, known_count)
    from customers
    group by shop_id

),

lifetimes as (

    select
        shop_id,
        count(*) as customer_count,
        sum(order_count) as order_count,
        sum(net_amount) as net_amount
    from {{ ref('int_customer_lifetimes') }}
    group by shop_id

),

expected as (

    select
        recorded.dimension,
        lifetimes.*
    from recorded
    inner join lifetimes on recorded.shop_id = lifetimes.shop_id
    where recorded.known_count > 0

),

held as (

    select
        shop_id,
        dimension,
        sum(customer_count) as customer_count,
        sum(order_count) as order_count,
        sum(net_amount) as net_amount,
        count(*) as bucket_count
    from {{ ref('rpt_demographics') }}
    group by shop_id, dimension

)

select
    coalesce(held.shop_id, expected.shop_id) as shop_id,
    coalesce(held.dimension, expected.dimension) as dimension,
    held.customer_count,
    expected.customer_count as expected_customer_count,
    held.net_amount,
    expected.net_amount as expected_net_amount
from held
full outer join expected
    on
        held.shop_id = expected.shop_id
        and held.dimension = expected.dimension
where
    held.customer_count is distinct from expected.customer_count
    or held.order_count <> expected.order_count
    -- each bucket is rounded, and its net amount may be a difference of two rounded ones
    or abs(held.net_amount - expected.net_amount) > 0.01 * held.bucket_count
