-- One row per shop, level and pair of items bought together often enough: support, confidence, lift,
-- and whether the lift is more than chance.
with

pairs as (

    select * from {{ ref('int_basket_pairs') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

counted as (

    select
        *,
        cast(pair_count as double) as together,
        cast(item_a_count as double) as with_a,
        cast(item_b_count as double) as with_b,
        cast(basket_count as double) as all_baskets
    from pairs

),

measured as (

    select
        *,
        {{ ratio('together * all_baskets', 'with_a * with_b') }} as lift,
        {{ fisher_p_value('together', 'with_a', 'with_b', 'all_baskets') }} as p_value
    from counted

),

ranked as (

    select
        *,
        {{ log_lift_standard_error('together', 'with_a', 'with_b', 'all_baskets', 'lift') }} as standard_error,
        -- with its peers: the pairs that are at least as unlikely
        count(*) over (partition by shop_id, level order by p_value) as p_value_rank
    from measured

),

-- Benjamini and Hochberg (1995): among the pairs up to an adjusted p value, at most that share is
-- expected to be chance. Tested were all pairs of frequent items, not only those that are here.
adjusted as (

    select
        *,
        least(1D, min(p_value * tested_pair_count / p_value_rank) over (
            partition by shop_id, level
            order by p_value desc
        )) as adjusted_p_value
    from ranked

),

final as (

    select
        -- ids
        adjusted.shop_id,
        adjusted.level,
        adjusted.basis,
        adjusted.item_a,
        adjusted.item_b,
        case adjusted.level when 'product' then products_a.product_name else adjusted.item_a end
            as item_a_name,
        case adjusted.level when 'product' then products_b.product_name else adjusted.item_b end
            as item_b_name,

        -- counts
        adjusted.pair_count,
        adjusted.item_a_count,
        adjusted.item_b_count,
        adjusted.basket_count,

        -- rates
        {{ ratio('adjusted.pair_count', 'adjusted.basket_count') }} as support,
        {{ ratio('adjusted.pair_count', 'adjusted.item_a_count') }} as confidence_a_to_b,
        {{ ratio('adjusted.pair_count', 'adjusted.item_b_count') }} as confidence_b_to_a,
        adjusted.lift,
        {{ lift_bound('adjusted.lift', 'adjusted.standard_error', '-') }} as lift_lower,
        {{ lift_bound('adjusted.lift', 'adjusted.standard_error', '+') }} as lift_upper,

        -- significance
        adjusted.p_value,
        adjusted.adjusted_p_value,
        {{ is_significant('adjusted.adjusted_p_value') }} as is_significant,
        {{ lift_strength('adjusted.lift', is_significant('adjusted.adjusted_p_value')) }} as strength
    from adjusted
    left join products as products_a
        on
            adjusted.shop_id = products_a.shop_id
            and adjusted.item_a = products_a.product_id
    left join products as products_b
        on
            adjusted.shop_id = products_b.shop_id
            and adjusted.item_b = products_b.product_id

)

select * from final
