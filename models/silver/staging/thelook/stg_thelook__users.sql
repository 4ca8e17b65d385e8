-- One row per registered user, as last exported.
with

distinct_users as (

    {{ distinct_rows(source('thelook', 'thelook__users'), [
        'user_id', 'first_name', 'last_name', 'email', 'age', 'gender', 'state',
        'street_address', 'postal_code', 'city', 'country', 'latitude', 'longitude',
        'traffic_source', 'created_at', 'user_geom'
    ]) }}

),

users as (

    {{ newest_rows('distinct_users', 'user_id') }}

),

final as (

    select
        -- ids
        user_id,

        -- strings
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ clean_text('email') }} as email,
        {{ clean_text('gender') }} as gender,
        {{ clean_text('country') }} as country,
        {{ clean_text('state') }} as state,
        {{ clean_text('city') }} as city,
        {{ clean_text('postal_code') }} as postal_code,
        {{ clean_text('street_address') }} as street_address,
        {{ clean_text('traffic_source') }} as traffic_source,

        -- numerics
        age,
        latitude,
        longitude,

        -- timestamps
        created_at,

        _batch_id
    from users

)

select * from final
