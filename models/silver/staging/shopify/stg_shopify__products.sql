-- One row per distinct product of shopify.
with

products as (

    {{ distinct_rows(source('shopify', 'shopify__products'), [
        'handle', 'title', 'body_html', 'vendor', 'product_category', 'product_type', 'tags', 'published',
        'option1_name', 'option1_value', 'option2_name', 'option2_value', 'option3_name',
        'option3_value', 'product_id', 'variant_grams', 'variant_inventory_tracker',
        'variant_inventory_policy', 'variant_fulfillment_service', 'variant_price',
        'variant_compare_at_price', 'variant_requires_shipping', 'variant_taxable',
        'variant_barcode', 'image_src', 'image_position', 'image_alt_text', 'gift_card',
        'seo_title', 'seo_description', 'variant_image', 'variant_weight_unit', 'variant_tax_code',
        'cost_per_item', 'status'
    ]) }}

),

final as (

    select
        -- ids; the first is told by the row alone, whatever else there is
        left(md5(to_json(struct(
            handle, title, body_html, vendor, product_category, product_type, tags, published, option1_name,
            option1_value, option2_name, option2_value, option3_name, option3_value, product_id,
            variant_grams, variant_inventory_tracker, variant_inventory_policy,
            variant_fulfillment_service, variant_price, variant_compare_at_price,
            variant_requires_shipping, variant_taxable, variant_barcode, image_src, image_position,
            image_alt_text, gift_card, seo_title, seo_description, variant_image,
            variant_weight_unit, variant_tax_code, cost_per_item, status
        ))), 12) as row_id,
        product_id,

        -- strings
        {{ clean_text('handle') }} as handle,
        {{ clean_text('title') }} as title,
        {{ clean_text('body_html') }} as body_html,
        {{ clean_text('vendor') }} as vendor,
        {{ clean_text('product_category') }} as product_category,
        {{ clean_text('product_type') }} as product_type,
        {{ clean_text('tags') }} as tags,
        {{ clean_text('option1_name') }} as option1_name,
        {{ clean_text('option1_value') }} as option1_value,
        {{ clean_text('option2_name') }} as option2_name,
        {{ clean_text('option2_value') }} as option2_value,
        {{ clean_text('option3_name') }} as option3_name,
        {{ clean_text('option3_value') }} as option3_value,
        {{ clean_text('variant_inventory_tracker') }} as variant_inventory_tracker,
        {{ clean_text('variant_inventory_policy') }} as variant_inventory_policy,
        {{ clean_text('variant_fulfillment_service') }} as variant_fulfillment_service,
        {{ clean_text('variant_compare_at_price') }} as variant_compare_at_price,
        {{ clean_text('variant_barcode') }} as variant_barcode,
        {{ clean_text('image_src') }} as image_src,
        {{ clean_text('image_alt_text') }} as image_alt_text,
        {{ clean_text('seo_title') }} as seo_title,
        {{ clean_text('seo_description') }} as seo_description,
        {{ clean_text('variant_image') }} as variant_image,
        {{ clean_text('variant_weight_unit') }} as variant_weight_unit,
        {{ clean_text('variant_tax_code') }} as variant_tax_code,
        {{ clean_text('status') }} as status,

        -- numerics
        variant_grams,
        variant_price,
        image_position,
        cost_per_item,

        -- booleans
        published,
        variant_requires_shipping,
        variant_taxable,
        gift_card,

        _batch_id
    from products

)

select * from final
