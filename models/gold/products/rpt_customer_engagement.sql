-- One row per shop, known customer, category code and brand (null where there is none): how often
-- the customer met its products, and who is first.
with

-- Customers of a category are ranked in pieces: those with as many interactions and ids that begin alike.
engagement as (

    select
        *,
        left(customer_id, 3) as id_prefix
    from {{ ref('int_interactions') }}
    where customer_id is not null and category_code is not null

),

pieces as (

    select
        shop_id,
        category_code,
        interaction_count,
        id_prefix,
        {{ before('count(*)', 'interaction_count desc, id_prefix asc', 'shop_id, category_code') }} as rows_before
    from engagement
    group by shop_id, category_code, interaction_count, id_prefix

),

final as (

    select
        -- ids
        engagement.shop_id,
        {{ entity_key('engagement.customer_id', 'engagement.shop_id') }} as customer_key,
        engagement.customer_id,

        -- strings
        engagement.category_code,
        engagement.brand,

        -- counts
        engagement.interaction_count,

        -- ranks
        row_number() over (
            partition by engagement.shop_id, engagement.customer_id
            order by engagement.interaction_count desc, engagement.category_code asc, engagement.brand asc
        ) as customer_rank,
        cast(pieces.rows_before + row_number() over (
            partition by
                engagement.shop_id,
                engagement.category_code,
                engagement.interaction_count,
                engagement.id_prefix
            order by engagement.customer_id asc, engagement.brand asc
        ) as int) as category_rank
    from engagement
    inner join pieces
        on
            engagement.shop_id = pieces.shop_id
            and engagement.category_code = pieces.category_code
            and engagement.interaction_count = pieces.interaction_count
            and engagement.id_prefix = pieces.id_prefix

)

select * from final
