-- One row per shop and category code: how often visitors met its products, whatever they did.
with

interactions as (

    select * from {{ ref('int_interactions') }}
    where category_code is not null

),

categories as (

    select
        shop_id,
        category_code,
        sum(interaction_count) as interaction_count,
        count(distinct customer_id) as customer_count
    from interactions
    group by shop_id, category_code

),

final as (

    select
        -- ids
        shop_id,
        category_code,

        -- counts
        interaction_count,
        customer_count,

        -- rates and ranks
        {{ ratio('interaction_count', 'sum(interaction_count) over (partition by shop_id)') }}
            as interaction_share,
        row_number() over (
            partition by shop_id
            order by interaction_count desc, category_code asc
        ) as interaction_rank
    from categories

)

select * from final
