-- One row per distinct order line of shopify, each order as last exported.
with

distinct_orders as (

    {{ distinct_rows(source('shopify', 'shopify__orders'), [
        'order_id', 'email', 'financial_status', 'paid_at', 'fulfillment_status',
        'fulfilled_at', 'accepts_marketing', 'currency', 'subtotal', 'shipping', 'taxes', 'total',
        'discount_code', 'discount_amount', 'shipping_method', 'created_at', 'lineitem_quantity',
        'lineitem_name', 'lineitem_price', 'lineitem_compare_at_price', 'product_id',
        'lineitem_requires_shipping', 'lineitem_taxable', 'lineitem_fulfillment_status',
        'billing_name', 'billing_street', 'billing_address1', 'billing_address2', 'billing_company',
        'billing_city', 'billing_zip', 'billing_province', 'billing_country', 'billing_phone',
        'shipping_name', 'shipping_street', 'shipping_address1', 'shipping_address2',
        'shipping_company', 'shipping_city', 'shipping_zip', 'shipping_province',
        'shipping_country', 'shipping_phone', 'notes', 'note_attributes', 'cancelled_at',
        'payment_method', 'payment_reference', 'refunded_amount', 'vendor', 'outstanding_balance',
        'employee', 'location', 'device_id', 'id', 'tags', 'risk_level', 'sales_channel',
        'lineitem_discount', 'tax_1_name', 'tax_1_value', 'tax_2_name', 'tax_2_value', 'tax_3_name',
        'tax_3_value', 'tax_4_name', 'tax_4_value', 'tax_5_name', 'tax_5_value', 'phone',
        'receipt_number', 'duties', 'billing_province_name', 'shipping_province_name', 'payment_id',
        'payment_terms_name', 'next_payment_due_at', 'payment_references'
    ]) }}

),

orders as (

    {{ newest_rows('distinct_orders', 'order_id') }}

),

final as (

    select
        -- ids; the first is told by the row alone, whatever else there is
        order_id || '-' || left(md5(to_json(struct(
            order_id, email, financial_status, paid_at, fulfillment_status, fulfilled_at,
            accepts_marketing, currency, subtotal, shipping, taxes, total, discount_code,
            discount_amount, shipping_method, created_at, lineitem_quantity, lineitem_name,
            lineitem_price, lineitem_compare_at_price, product_id, lineitem_requires_shipping,
            lineitem_taxable, lineitem_fulfillment_status, billing_name, billing_street,
            billing_address1, billing_address2, billing_company, billing_city, billing_zip,
            billing_province, billing_country, billing_phone, shipping_name, shipping_street,
            shipping_address1, shipping_address2, shipping_company, shipping_city, shipping_zip,
            shipping_province, shipping_country, shipping_phone, notes, note_attributes,
            cancelled_at, payment_method, payment_reference, refunded_amount, vendor,
            outstanding_balance, employee, location, device_id, id, tags, risk_level, sales_channel,
            lineitem_discount, tax_1_name, tax_1_value, tax_2_name, tax_2_value, tax_3_name,
            tax_3_value, tax_4_name, tax_4_value, tax_5_name, tax_5_value, phone, receipt_number,
            duties, billing_province_name, shipping_province_name, payment_id, payment_terms_name,
            next_payment_due_at, payment_references
        ))), 12) as order_item_id,
        order_id,
        product_id,
        device_id,
        id,
        payment_id,

        -- strings
        {{ clean_text('email') }} as email,
        {{ clean_text('financial_status') }} as financial_status,
        {{ clean_text('fulfillment_status') }} as fulfillment_status,
        {{ clean_text('currency') }} as currency,
        {{ clean_text('discount_code') }} as discount_code,
        {{ clean_text('shipping_method') }} as shipping_method,
        {{ clean_text('lineitem_name') }} as lineitem_name,
        {{ clean_text('lineitem_compare_at_price') }} as lineitem_compare_at_price,
        {{ clean_text('lineitem_fulfillment_status') }} as lineitem_fulfillment_status,
        {{ clean_text('billing_name') }} as billing_name,
        {{ clean_text('billing_street') }} as billing_street,
        {{ clean_text('billing_address1') }} as billing_address1,
        {{ clean_text('billing_address2') }} as billing_address2,
        {{ clean_text('billing_company') }} as billing_company,
        {{ clean_text('billing_city') }} as billing_city,
        {{ clean_text('billing_zip') }} as billing_zip,
        {{ clean_text('billing_province') }} as billing_province,
        {{ clean_text('billing_country') }} as billing_country,
        {{ clean_text('billing_phone') }} as billing_phone,
        {{ clean_text('shipping_name') }} as shipping_name,
        {{ clean_text('shipping_street') }} as shipping_street,
        {{ clean_text('shipping_address1') }} as shipping_address1,
        {{ clean_text('shipping_address2') }} as shipping_address2,
        {{ clean_text('shipping_company') }} as shipping_company,
        {{ clean_text('shipping_city') }} as shipping_city,
        {{ clean_text('shipping_zip') }} as shipping_zip,
        {{ clean_text('shipping_province') }} as shipping_province,
        {{ clean_text('shipping_country') }} as shipping_country,
        {{ clean_text('shipping_phone') }} as shipping_phone,
        {{ clean_text('notes') }} as notes,
        {{ clean_text('note_attributes') }} as note_attributes,
        {{ clean_text('payment_method') }} as payment_method,
        {{ clean_text('payment_reference') }} as payment_reference,
        {{ clean_text('vendor') }} as vendor,
        {{ clean_text('employee') }} as employee,
        {{ clean_text('location') }} as location,
        {{ clean_text('tags') }} as tags,
        {{ clean_text('risk_level') }} as risk_level,
        {{ clean_text('sales_channel') }} as sales_channel,
        {{ clean_text('tax_1_name') }} as tax_1_name,
        {{ clean_text('tax_2_name') }} as tax_2_name,
        {{ clean_text('tax_2_value') }} as tax_2_value,
        {{ clean_text('tax_3_name') }} as tax_3_name,
        {{ clean_text('tax_3_value') }} as tax_3_value,
        {{ clean_text('tax_4_name') }} as tax_4_name,
        {{ clean_text('tax_4_value') }} as tax_4_value,
        {{ clean_text('tax_5_name') }} as tax_5_name,
        {{ clean_text('tax_5_value') }} as tax_5_value,
        {{ clean_text('phone') }} as phone,
        {{ clean_text('receipt_number') }} as receipt_number,
        {{ clean_text('duties') }} as duties,
        {{ clean_text('billing_province_name') }} as billing_province_name,
        {{ clean_text('shipping_province_name') }} as shipping_province_name,
        {{ clean_text('payment_terms_name') }} as payment_terms_name,
        {{ clean_text('next_payment_due_at') }} as next_payment_due_at,
        {{ clean_text('payment_references') }} as payment_references,

        -- numerics
        subtotal,
        shipping,
        taxes,
        total,
        discount_amount,
        lineitem_quantity,
        lineitem_price,
        refunded_amount,
        outstanding_balance,
        lineitem_discount,
        tax_1_value,

        -- booleans
        accepts_marketing,
        lineitem_requires_shipping,
        lineitem_taxable,

        -- dates and timestamps
        paid_at,
        fulfilled_at,
        created_at,
        cancelled_at,

        _batch_id
    from orders

)

select * from final
