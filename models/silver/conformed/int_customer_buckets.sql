-- One row per shop, customer with a sale, and dimension that the shop records: the customer's bucket.
with

lifetimes as (

    select * from {{ ref('int_customer_lifetimes') }}

),

customers as (

    select
        *,
        {{ age_band('age') }} as age_band,
        {{ loyalty_tier('previous_purchase_count') }} as loyalty_tier
    from {{ ref('int_customers') }}

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

    select
        *,
        count(bucket) over (partition by shop_id, dimension) > 0 as is_recorded
    from attributes

),

final as (

    select
        shop_id,
        customer_id,
        dimension,
        {{ or_unknown('bucket') }} as bucket
    from recorded
    where is_recorded

)

select * from final
