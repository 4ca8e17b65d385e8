-- One row: what bronze holds of rees46, straight from it, for the reconciliation with gold.
with

events as (

    select distinct
        event_at,
        event_type,
        product_id,
        category_id,
        category_code,
        brand,
        price,
        user_id,
        session_id
    from {{ source('rees46', 'rees46__events') }}
    where
        {{ is_loaded_and_clean() }}

),

final as (

    select
        'rees46' as shop_id,
        {{ count_where("event_type = 'purchase'") }} as line_count,
        {{ line_amount("sum(price) filter (where event_type = 'purchase')") }} as line_amount,
        count(*) as event_count
    from events

)

select * from final
