-- One row per shop and product.
with

products as (

    select * from {{ ref('int_products') }}

),

final as (

    select
        -- ids
        shop_id,
        {{ entity_key('product_id') }} as product_key,
        product_id,
        category_id,

        -- strings
        product_name,
        category,
        category_code,
        category_level_1,
        category_level_2,
        category_level_3,
        category_level_4,
        brand,
        department,

        -- numerics
        {{ amount('list_price') }} as list_price,
        {{ amount('unit_cost') }} as unit_cost
    from products

)

select * from final
