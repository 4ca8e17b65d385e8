-- One row per item of shopping_trends; its name is its id.
with

purchases as (

    select * from {{ ref('stg_shopping_trends__purchases') }}

),

final as (

    select
        'shopping_trends' as shop_id,
        {{ not_recorded('products', except=['product_name', 'category', 'category_code']) }}
        item_purchased as product_id,
        item_purchased as product_name,
        min(category) as category,
        min(category) as category_code
    from purchases
    group by item_purchased

)

select * from final
