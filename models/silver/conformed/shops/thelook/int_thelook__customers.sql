-- One row per user of thelook, also those that only orders and events tell of.
with

users as (

    select * from {{ ref('stg_thelook__users') }}

),

seen as (

    select user_id from {{ ref('stg_thelook__orders') }}
    union
    select user_id from {{ ref('stg_thelook__order_items') }}
    union
    select user_id from {{ ref('stg_thelook__events') }}

),

final as (

    select
        'thelook' as shop_id,
        {{ not_recorded('customers', except=[
            'gender', 'age', 'country', 'state', 'city', 'traffic_source', 'registered_at'
        ]) }}
        coalesce(users.user_id, seen.user_id) as customer_id,
        users.country,
        users.state,
        users.city,
        users.gender,
        users.age,
        users.traffic_source,
        users.created_at as registered_at
    from users
    full outer join seen on users.user_id = seen.user_id
    where coalesce(users.user_id, seen.user_id) is not null

)

select * from final
