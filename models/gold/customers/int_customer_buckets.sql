-- One row per shop, customer with a sale, and dimension that the shop records: the customer's bucket.
with

lifetimes as (

    select * from {{ ref('int_customer_lifetimes') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

attributes as (

    select
        lifetimes.shop_id,
        lifetimes.customer_id,
        stack(
            8,
            'gender', customers.gender,
            'age_band', customers.age_band,
            'country', customers.country,
            'city', customers.city,
            'state', customers.state,
            'traffic_source', customers.traffic_source,
            'loyalty_tier', customers.loyalty_tier,
            'gender_age_band', customers.gender || ', ' || customers.age_band
        ) as (dimension, bucket)
    from lifetimes
    inner join customers
        on
            lifetimes.shop_id = customers.shop_id
            and lifetimes.customer_id = customers.customer_id

),

recorded as (

    select distinct
        shop_id,
        dimension
    from attributes
    where bucket is not null

),

final as (

    select
        attributes.shop_id,
        attributes.customer_id,
        attributes.dimension,
        {{ or_unknown('attributes.bucket') }} as bucket
    from attributes
    inner join recorded
        on
            attributes.shop_id = recorded.shop_id
            and attributes.dimension = recorded.dimension

)

select * from final
