-- One row per customer of shopify, as last exported.
with

distinct_customers as (

    {{ distinct_rows(source('shopify', 'shopify__customers'), [
        'customer_id', 'first_name', 'last_name', 'email', 'accepts_email_marketing',
        'default_address_company', 'default_address_address1', 'default_address_address2',
        'default_address_city', 'default_address_province_code', 'default_address_country_code',
        'default_address_zip', 'default_address_phone', 'phone', 'accepts_sms_marketing',
        'total_spent', 'total_orders', 'note', 'tax_exempt', 'tags'
    ]) }}

),

customers as (

    {{ newest_rows('distinct_customers', 'customer_id') }}

),

final as (

    select
        -- ids
        customer_id,

        -- strings
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ clean_text('email') }} as email,
        {{ clean_text('default_address_company') }} as default_address_company,
        {{ clean_text('default_address_address1') }} as default_address_address1,
        {{ clean_text('default_address_address2') }} as default_address_address2,
        {{ clean_text('default_address_city') }} as default_address_city,
        {{ clean_text('default_address_province_code') }} as default_address_province_code,
        {{ clean_text('default_address_country_code') }} as default_address_country_code,
        {{ clean_text('default_address_zip') }} as default_address_zip,
        {{ clean_text('default_address_phone') }} as default_address_phone,
        {{ clean_text('phone') }} as phone,
        {{ clean_text('total_spent') }} as total_spent,
        {{ clean_text('total_orders') }} as total_orders,
        {{ clean_text('note') }} as note,
        {{ clean_text('tags') }} as tags,

        -- booleans
        accepts_email_marketing,
        accepts_sms_marketing,
        tax_exempt,

        _batch_id
    from customers

)

select * from final
