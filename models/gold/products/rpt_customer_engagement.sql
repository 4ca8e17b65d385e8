-- One row per shop, known customer, category code and brand (null where there is none): how often
-- the customer met its products, and who is first.
with

engagement as (

    select
        *,
        left(customer_id, 3) as id_prefix
    from {{ ref('int_interactions') }}
    where customer_id is not null and category_code is not null

),

pieces as (

    {{ engagement_pieces('category_code') }}

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
        {{ engagement_rank('category_code', ties=['brand']) }} as category_rank
    from engagement
    inner join pieces
        on
            {{ is_piece_of_engagement('category_code') }}

)

select * from final
