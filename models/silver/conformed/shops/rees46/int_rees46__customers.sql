-- One row per user of rees46: the clickstream tells nothing else about them.
with

events as (

    select * from {{ ref('stg_rees46__events') }}

),

final as (

    select distinct
        'rees46' as shop_id,
        {{ not_recorded('customers') }}
        user_id as customer_id
    from events

)

select * from final
