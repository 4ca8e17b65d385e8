-- One row per shop, known customer and brand, `unknown` included: how often the customer met its
-- products, and who is first. Only shops that have brands.
with

interactions as (

    select * from {{ ref('int_interactions') }}

),

recording_shops as (

    select distinct shop_id
    from interactions
    where brand is not null

),

engagement as (

    select
        interactions.shop_id,
        interactions.customer_id,
        {{ or_unknown('interactions.brand') }} as brand,
        left(interactions.customer_id, 3) as id_prefix,
        sum(interactions.interaction_count) as interaction_count
    from interactions
    inner join recording_shops on interactions.shop_id = recording_shops.shop_id
    where interactions.customer_id is not null
    group by interactions.shop_id, interactions.customer_id, {{ or_unknown('interactions.brand') }}

),

pieces as (

    {{ engagement_pieces('brand') }}

),

final as (

    select
        -- ids
        engagement.shop_id,
        {{ entity_key('engagement.customer_id', 'engagement.shop_id') }} as customer_key,
        engagement.customer_id,

        -- strings
        engagement.brand,

        -- counts
        engagement.interaction_count,

        -- rates and ranks
        {{ ratio(
            'engagement.interaction_count',
            'sum(engagement.interaction_count) over (partition by engagement.shop_id, engagement.customer_id)'
        ) }} as interaction_share,
        row_number() over (
            partition by engagement.shop_id, engagement.customer_id
            order by engagement.brand = 'unknown' asc, engagement.interaction_count desc, engagement.brand asc
        ) as customer_rank,
        {{ engagement_rank('brand') }} as brand_rank
    from engagement
    inner join pieces
        on
            {{ is_piece_of_engagement('brand') }}

)

select * from final
