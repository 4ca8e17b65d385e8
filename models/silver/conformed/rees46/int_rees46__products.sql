-- One row per product of rees46, with what its latest event said of it.
with

events as (

    select * from {{ ref('stg_rees46__events') }}

),

latest as (

    select
        product_id,
        max_by(category_code, struct(event_at, event_id)) filter (
            where category_code is not null
        ) as category_code,
        max_by(brand, struct(event_at, event_id)) filter (where brand is not null) as brand,
        max_by(price, struct(event_at, event_id)) filter (where {{ is_price('price') }}) as list_price
    from events
    group by product_id

),

final as (

    select
        'rees46' as shop_id,
        product_id,
        cast(null as string) as product_name,
        {{ category_level(1) }} as category,
        category_code,
        brand,
        cast(null as string) as department,
        list_price,
        cast(null as decimal(18, 4)) as unit_cost
    from latest

)

select * from final
