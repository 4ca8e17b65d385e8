-- One row per customer of shopify, also those that only other tables tell of.
with

customers as (

    select * from {{ ref('stg_shopify__customers') }}

),

seen as (

    select distinct customer_id from {{ ref('stg_shopify__orders') }}

),

final as (

    select
        'shopify' as shop_id,
        {{ not_recorded('customers', except=['country', 'state', 'city', 'is_subscriber']) }}
        customer_id,
        customers.default_address_country_code as country,
        customers.default_address_province_code as state,
        customers.default_address_city as city,
        customers.accepts_email_marketing as is_subscriber
    from customers
    full outer join seen using (customer_id)
    where customer_id is not null

)

select * from final
