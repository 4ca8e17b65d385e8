-- One row per event of the web site, as last exported.
with

distinct_events as (

    {{ distinct_rows(source('thelook', 'thelook__events'), [
        'event_id', 'user_id', 'sequence_number', 'session_id', 'created_at', 'ip_address',
        'city', 'state', 'postal_code', 'browser', 'traffic_source', 'uri', 'event_type'
    ]) }}

),

events as (

    {{ newest_rows('distinct_events', 'event_id') }}

),

final as (

    select
        -- ids
        event_id,
        session_id,
        user_id,

        -- strings
        {{ clean_text('event_type') }} as event_type,
        {{ clean_text('uri') }} as uri,
        {{ clean_text('traffic_source') }} as traffic_source,
        {{ clean_text('browser') }} as browser,
        {{ clean_text('state') }} as state,
        {{ clean_text('city') }} as city,

        -- numerics
        sequence_number,

        -- timestamps
        created_at,

        _batch_id
    from events

)

select * from final
