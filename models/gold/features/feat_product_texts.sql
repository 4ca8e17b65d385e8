-- One row per shop and product with a name, brand or category: these words as one text.
with

products as (

    select * from {{ ref('dim_products') }}

),

texts as (

    select
        shop_id,
        product_id,
        product_name,
        brand,
        category,
        category_code,
        nullif(
            trim(concat_ws(
                ' ',
                product_name,
                brand,
                translate(category_code, '._', '  '),
                department
            )),
            ''
        ) as product_text
    from products

),

final as (

    select
        shop_id,
        {{ entity_key('product_id') }} as product_key,
        product_name,
        brand,
        category,
        category_code,
        product_text
    from texts
    where product_text is not null

)

select * from final
