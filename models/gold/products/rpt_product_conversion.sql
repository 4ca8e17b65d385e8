-- One row per shop and product of its catalogue: how often it was seen, carted and bought, how sure the
-- rate is, and what it brought. Only shops whose purchase events name a product.
with

engagement as (

    select * from {{ ref('int_product_engagement') }}
    where purchase_count is not null

),

products as (

    select * from {{ ref('dim_products') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by shop_id
            order by gross_amount - returned_amount desc, product_id asc
        ) as revenue_rank,
        {{ conversion_rank('view_count', 'purchase_count', 'product_id') }} as conversion_rank
    from engagement

),

final as (

    select
        -- ids
        ranked.shop_id,
        {{ entity_key('ranked.product_id', 'ranked.shop_id') }} as product_key,
        ranked.product_id,

        -- strings
        products.product_name,
        ranked.category_code,
        ranked.brand,

        -- numerics
        ranked.view_count,
        ranked.cart_count,
        ranked.purchase_count,
        ranked.human_view_count,
        ranked.human_purchase_count,
        {{ rounded_net_amount('ranked.gross_amount', 'ranked.returned_amount') }} as net_amount,

        -- rates
        {{ ratio('ranked.purchase_count', 'ranked.view_count') }} as conversion_rate,
        {{ wilson_bound('ranked.purchase_count', 'ranked.view_count', '-') }} as conversion_lower,
        {{ wilson_bound('ranked.purchase_count', 'ranked.view_count', '+') }} as conversion_upper,

        -- without robots
        {{ ratio('ranked.human_purchase_count', 'ranked.human_view_count') }} as human_conversion_rate,
        {{ wilson_bound('ranked.human_purchase_count', 'ranked.human_view_count', '-') }}
            as human_conversion_lower,
        {{ wilson_bound('ranked.human_purchase_count', 'ranked.human_view_count', '+') }}
            as human_conversion_upper,

        -- ranks
        ranked.revenue_rank,
        ranked.conversion_rank
    from ranked
    inner join products
        on
            ranked.shop_id = products.shop_id
            and ranked.product_id = products.product_id

)

select * from final
