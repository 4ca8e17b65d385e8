-- One row per shop and product with a sale or a return: what it brought, how fast it sells, and
-- whether it sells more or less than before.
with

sales_lines as (

    select * from {{ ref('int_sales_lines') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

trends as (

    select * from {{ ref('int_product_trends') }}

),

sales as (

    select
        shop_id,
        product_id,
        {{ group_sales_measures() }},
        -- null, not 0, for a shop without dates
        nullif(count(distinct if(is_sale, order_date, null)), 0) as active_day_count
    from sales_lines
    group by shop_id, product_id

),

ranked as (

    select
        *,
        {{ revenue_share() }} as revenue_share,
        row_number() over (partition by shop_id order by net_amount desc, product_id asc) as revenue_rank
    from sales

),

final as (

    select
        -- ids
        ranked.shop_id,
        {{ entity_key('ranked.product_id', 'ranked.shop_id') }} as product_key,
        ranked.product_id,

        -- strings
        products.product_name,
        products.category,
        products.brand,

        -- counts
        ranked.order_count,
        ranked.customer_count,
        ranked.unit_count,
        ranked.active_day_count,

        -- amounts
        {{ amount('ranked.gross_amount') }} as gross_amount,
        {{ amount('ranked.returned_amount') }} as returned_amount,
        {{ rounded_net_amount('ranked.gross_amount', 'ranked.returned_amount') }} as net_amount,
        {{ margin_amounts('ranked') }},
        {{ amount('try_divide(ranked.gross_amount, ranked.unit_count)') }} as average_price,

        -- rates and ranks
        {{ margin_rates('ranked') }},
        {{ ratio('ranked.returned_amount', 'ranked.gross_amount') }} as return_rate,
        {{ ratio('ranked.unit_count', 'ranked.active_day_count') }} as units_per_active_day,
        ranked.revenue_share,
        ranked.revenue_rank,

        -- trend
        trends.monthly_units_slope,
        {{ sales_trend('trends.monthly_units_slope', 'trends.mean_monthly_units') }} as sales_trend
    from ranked
    inner join products
        on
            ranked.shop_id = products.shop_id
            and ranked.product_id = products.product_id
    left join trends
        on
            ranked.shop_id = trends.shop_id
            and ranked.product_id = trends.product_id

)

select * from final
