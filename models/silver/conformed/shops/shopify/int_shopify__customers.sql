-- One row per customer of shopify, also guests, who are in no export of customers.
with

customers as (

    select
        *,
        {{ shopify_id('customer_id') }} as shopify_id
    from {{ ref('stg_shopify__customers') }}

),

seen as (

    select distinct customer_id from {{ ref('int_shopify__orders') }}

),

final as (

    select
        'shopify' as shop_id,
        {{ not_recorded('customers', except=['country', 'state', 'city', 'is_subscriber']) }}
        coalesce(customers.shopify_id, seen.customer_id) as customer_id,
        customers.default_address_country_code as country,
        customers.default_address_province_code as state,
        customers.default_address_city as city,
        customers.accepts_email_marketing as is_subscriber
    from customers
    full outer join seen on customers.shopify_id = seen.customer_id
    where coalesce(customers.shopify_id, seen.customer_id) is not null

)

select * from final
