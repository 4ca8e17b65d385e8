-- No list holds a product or category twice, and places have no gaps.
with

places as (

    select
        'ml_recommendations' as list_table,
        customer_key as list_key,
        product_key as item,
        rank
    from {{ ref('ml_recommendations') }}
    union all
    select
        'ml_similar_products' as list_table,
        product_key || ', ' || source as list_key,
        similar_product_key as item,
        rank
    from {{ ref('ml_similar_products') }}
    union all
    select
        'ml_next_categories' as list_table,
        customer_key as list_key,
        category as item,
        rank
    from {{ ref('ml_next_categories') }}

)

select
    list_table,
    list_key,
    count(*) as place_count
from places
group by list_table, list_key
having count(*) <> count(distinct item) or count(*) <> max(rank)
