-- One row per shop and product.
with

products as (

    {{ union_shops('products') }}

),

final as (

    select
        -- ids
        shop_id,
        product_id,
        category_id,

        -- strings
        product_name,
        category,
        category_code,
        {{ category_level(1) }} as category_level_1,
        {{ category_level(2) }} as category_level_2,
        {{ category_level(3) }} as category_level_3,
        {{ category_level(4) }} as category_level_4,
        brand,
        department,

        -- numerics
        if({{ is_price('list_price') }}, list_price, null) as list_price,
        unit_cost
    from products

)

select * from final
