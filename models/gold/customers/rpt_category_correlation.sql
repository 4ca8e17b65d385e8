-- One row per shop and pair of categories: whether the customers of one buy the other too.
-- Only categories with enough customers; every two of them, also those that no customer joins.
with

bought as (

    select distinct
        shop_id,
        customer_id,
        category
    from {{ ref('int_sales_lines') }}
    where is_sale and customer_id is not null and category is not null

),

shops as (

    select
        shop_id,
        count(distinct customer_id) as customer_count
    from bought
    group by shop_id

),

ranked as (

    select
        shop_id,
        category,
        count(*) as customer_count,
        row_number() over (partition by shop_id order by count(*) desc, category asc) as category_rank
    from bought
    group by shop_id, category
    having count(*) >= {{ var('min_category_customer_count') }}

),

-- Pairs grow with the square of the categories: the rest goes before any is made. The number of a
-- category stands for its name, so that pairs are counted by integers.
categories as (

    select
        *,
        row_number() over (partition by shop_id order by category) as category_number
    from ranked
    where category_rank <= {{ var('max_correlated_category_count') }}

),

frequent as (

    select
        bought.shop_id,
        bought.customer_id,
        categories.category_number
    from bought
    inner join categories
        on
            bought.shop_id = categories.shop_id
            and bought.category = categories.category

),

joint as (

    select
        a.shop_id,
        a.category_number as category_a_number,
        b.category_number as category_b_number,
        count(*) as pair_customer_count
    from frequent as a
    inner join frequent as b
        on
            a.shop_id = b.shop_id
            and a.customer_id = b.customer_id
            and a.category_number < b.category_number
    group by a.shop_id, a.category_number, b.category_number

),

pairs as (

    select
        a.shop_id,
        a.category as category_a,
        b.category as category_b,
        shops.customer_count,
        a.customer_count as category_a_customer_count,
        b.customer_count as category_b_customer_count,
        coalesce(joint.pair_customer_count, 0) as pair_customer_count
    from categories as a
    inner join categories as b
        on
            a.shop_id = b.shop_id
            and a.category_number < b.category_number
    inner join shops on a.shop_id = shops.shop_id
    left join joint
        on
            a.shop_id = joint.shop_id
            and a.category_number = joint.category_a_number
            and b.category_number = joint.category_b_number

),

final as (

    select
        -- ids
        shop_id,
        category_a,
        category_b,

        -- counts
        customer_count,
        category_a_customer_count,
        category_b_customer_count,
        pair_customer_count,

        -- rates
        {{ ratio('pair_customer_count', 'customer_count') }} as support,
        {{ ratio(
            'pair_customer_count * customer_count',
            'category_a_customer_count * category_b_customer_count'
        ) }} as lift,
        {{ phi(
            'pair_customer_count', 'category_a_customer_count', 'category_b_customer_count', 'customer_count'
        ) }} as pearson_r
    from pairs

)

select * from final
