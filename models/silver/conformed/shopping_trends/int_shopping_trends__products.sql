-- One row per item of shopping_trends; its name is its id.
with

purchases as (

    select * from {{ ref('stg_shopping_trends__purchases') }}

),

final as (

    select
        'shopping_trends' as shop_id,
        item_purchased as product_id,
        cast(null as string) as category_id,
        item_purchased as product_name,
        min(category) as category,
        min(category) as category_code,
        cast(null as string) as brand,
        cast(null as string) as department,
        cast(null as decimal(18, 4)) as list_price,
        cast(null as decimal(18, 4)) as unit_cost
    from purchases
    group by item_purchased

)

select * from final
