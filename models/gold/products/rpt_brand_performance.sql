-- One row per shop and brand: its products, what visitors did with them, and what they brought.
with

products as (

    select * from {{ ref('int_product_engagement') }}
    where brand is not null

),

brands as (

    select
        shop_id,
        brand,
        count(*) as product_count,
        sum(view_count) as view_count,
        sum(cart_count) as cart_count,
        sum(purchase_count) as purchase_count,
        sum(human_view_count) as human_view_count,
        sum(human_purchase_count) as human_purchase_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        -- a product that was seen and never bought counts as 0
        avg({{ ratio('purchase_count', 'view_count') }}) as mean_product_conversion_rate,
        avg({{ ratio('human_purchase_count', 'human_view_count') }}) as human_mean_product_conversion_rate
    from products
    group by shop_id, brand

),

final as (

    select
        -- ids
        shop_id,
        brand,

        -- numerics
        product_count,
        view_count,
        cart_count,
        purchase_count,
        human_view_count,
        human_purchase_count,
        {{ rounded_net_amount() }} as net_amount,

        -- rates
        {{ ratio('purchase_count', 'view_count') }} as conversion_rate,
        mean_product_conversion_rate,
        {{ ratio('human_purchase_count', 'human_view_count') }} as human_conversion_rate,
        human_mean_product_conversion_rate,

        -- ranks
        row_number() over (partition by shop_id order by gross_amount - returned_amount desc, brand asc)
            as revenue_rank,
        {{ conversion_rank('view_count', 'purchase_count', 'brand') }} as conversion_rank
    from brands

)

select * from final
