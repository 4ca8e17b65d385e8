-- One row per shop, age band and category that it bought. Only shops that know both.
with

sales as (

    select * from {{ ref('fct_order_items') }}
    where is_sale

),

customers as (

    select * from {{ ref('dim_customers') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

purchases as (

    select
        sales.shop_id,
        customers.age_band,
        products.category,
        count(*) as purchase_count
    from sales
    inner join customers on sales.customer_key = customers.customer_key
    inner join products on sales.product_key = products.product_key
    where customers.age_band is not null and products.category is not null
    group by sales.shop_id, customers.age_band, products.category

),

final as (

    select
        -- ids
        shop_id,
        age_band,
        category,

        -- numerics
        purchase_count,
        {{ ratio('purchase_count', 'sum(purchase_count) over (partition by shop_id, age_band)') }}
            as share_of_band,
        row_number() over (
            partition by shop_id, age_band
            order by purchase_count desc, category asc
        ) as category_rank
    from purchases

)

select * from final
