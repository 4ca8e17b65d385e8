-- One row: what bronze holds of shopify, straight from it, for the reconciliation with gold. What
-- a later file repeats counts as it says there.
-- Orders in another currency than the shop's are in no amount; what was taken off and refunded is off.
with

exports as (

    {{ loaded_exports() }}

),

lines as (

    select distinct
        order_id,
        email,
        financial_status,
        paid_at,
        fulfillment_status,
        fulfilled_at,
        accepts_marketing,
        currency,
        subtotal,
        shipping,
        taxes,
        total,
        discount_code,
        discount_amount,
        shipping_method,
        created_at,
        lineitem_quantity,
        lineitem_name,
        lineitem_price,
        lineitem_compare_at_price,
        product_id,
        lineitem_requires_shipping,
        lineitem_taxable,
        lineitem_fulfillment_status,
        billing_name,
        billing_street,
        billing_address1,
        billing_address2,
        billing_company,
        billing_city,
        billing_zip,
        billing_province,
        billing_country,
        billing_phone,
        shipping_name,
        shipping_street,
        shipping_address1,
        shipping_address2,
        shipping_company,
        shipping_city,
        shipping_zip,
        shipping_province,
        shipping_country,
        shipping_phone,
        notes,
        note_attributes,
        cancelled_at,
        payment_method,
        payment_reference,
        refunded_amount,
        vendor,
        outstanding_balance,
        employee,
        location,
        device_id,
        id,
        tags,
        risk_level,
        sales_channel,
        lineitem_discount,
        tax_1_name,
        tax_1_value,
        tax_2_name,
        tax_2_value,
        tax_3_name,
        tax_3_value,
        tax_4_name,
        tax_4_value,
        tax_5_name,
        tax_5_value,
        phone,
        receipt_number,
        duties,
        billing_province_name,
        shipping_province_name,
        payment_id,
        payment_terms_name,
        next_payment_due_at,
        payment_references
    from (
        select
            arrived.*,
            rank() over (partition by arrived.order_id order by exports._export_number desc) as recency
        from {{ source('shopify', 'shopify__orders') }} as arrived
        inner join exports on arrived._batch_id = exports._export_batch_id
        where arrived._rescued is null
    ) as of_exports
    where recency = 1

),

orders as (

    select
        count(*) as line_count,
        coalesce(upper(trim(max(currency))), 'USD') = 'USD' as is_counted,
        sum(lineitem_quantity * coalesce(lineitem_price, 0)) as listed,
        coalesce(max(discount_amount), 0) as discount,
        if(max(financial_status) = 'voided', 0, coalesce(max(refunded_amount), 0)) as refund
    from lines
    group by order_id

),

final as (

    select
        'shopify' as shop_id,
        coalesce(sum(line_count), 0) as line_count,
        {{ line_amount('sum(if(is_counted, greatest(listed - discount - refund, 0), 0))') }} as line_amount,
        cast(null as bigint) as event_count
    from orders

)

select * from final
