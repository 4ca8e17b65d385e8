-- One row per shop and customer with a dated sale: recency, frequency, amount, and their segment.
with

lifetimes as (

    select * from {{ ref('int_customer_lifetimes') }}
    where last_order_date is not null

),

measured as (

    select
        *,
        datediff(max(last_order_date) over (partition by shop_id), last_order_date) as recency_days
    from lifetimes

),

tiles as (

    select
        *,
        -- the most recent is the best
        {{ ntile_by(5, '-recency_days', 'customer_id') }} as r_tile,
        {{ ntile_by(5, 'order_count', 'customer_id') }} as f_tile,
        {{ ntile_by(5, 'net_amount', 'customer_id') }} as m_tile
    from measured

),

quintiles as (

    select
        *,
        {{ lowest_among_ties('r_tile', 'recency_days') }} as r_score,
        {{ lowest_among_ties('f_tile', 'order_count') }} as f_score,
        {{ lowest_among_ties('m_tile', 'net_amount') }} as m_score
    from tiles

),

final as (

    select
        -- ids
        shop_id,
        {{ entity_key('customer_id') }} as customer_key,
        customer_id,

        -- measures
        cast(recency_days as bigint) as recency_days,
        order_count as frequency,
        {{ amount('net_amount') }} as monetary_amount,

        -- quintiles
        r_score,
        f_score,
        m_score,

        -- segment
        {{ rfm_segment('r_score', 'f_score', 'm_score') }} as rfm_segment
    from quintiles

)

select * from final
