-- One row per shop, known customer and category, `unknown` included: how often the customer met its
-- products, and who is first. Only shops that have categories.
with

interactions as (

    select
        *,
        {{ or_unknown('coalesce(category_code, category_id)') }} as category_bucket
    from {{ ref('int_interactions') }}

),

recording_shops as (

    select distinct shop_id
    from interactions
    where category_code is not null or category_id is not null

),

engagement as (

    select
        interactions.shop_id,
        interactions.customer_id,
        interactions.category_bucket,
        left(interactions.customer_id, 3) as id_prefix,
        count(interactions.category_code) > 0 as is_code,
        count(interactions.category_id) > 0 as is_id,
        sum(interactions.interaction_count) as interaction_count
    from interactions
    inner join recording_shops on interactions.shop_id = recording_shops.shop_id
    where interactions.customer_id is not null
    group by interactions.shop_id, interactions.customer_id, interactions.category_bucket

),

pieces as (

    {{ engagement_pieces('category_bucket') }}

),

final as (

    select
        -- ids
        engagement.shop_id,
        {{ entity_key('engagement.customer_id', 'engagement.shop_id') }} as customer_key,
        engagement.customer_id,

        -- strings
        engagement.category_bucket,
        if(engagement.is_code, engagement.category_bucket, null) as category_code,
        if(engagement.is_id and not engagement.is_code, engagement.category_bucket, null) as category_id,

        -- counts
        engagement.interaction_count,

        -- rates and ranks
        {{ ratio(
            'engagement.interaction_count',
            'sum(engagement.interaction_count) over (partition by engagement.shop_id, engagement.customer_id)'
        ) }} as interaction_share,
        row_number() over (
            partition by engagement.shop_id, engagement.customer_id
            order by
                engagement.category_bucket = 'unknown' asc,
                engagement.interaction_count desc,
                engagement.category_bucket asc
        ) as customer_rank,
        {{ engagement_rank('category_bucket') }} as category_rank
    from engagement
    inner join pieces
        on
            {{ is_piece_of_engagement('category_bucket') }}

)

select * from final
