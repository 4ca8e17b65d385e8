-- One row per event of the web site, as last exported. An export may change what an older one says of
-- any day: the table is replaced as one when there is another.
{{ config(materialized='incremental', unique_key='_version') }}

with

units as (

    {{ bronze_version(source('thelook', 'thelook__events')) }}

),

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
        events.event_id,
        events.session_id,
        events.user_id,

        -- strings
        {{ clean_text('events.event_type') }} as event_type,
        {{ clean_text('events.uri') }} as uri,
        {{ clean_text('events.traffic_source') }} as traffic_source,
        {{ clean_text('events.browser') }} as browser,
        {{ clean_text('events.state') }} as state,
        {{ clean_text('events.city') }} as city,

        -- numerics
        events.sequence_number,

        -- timestamps
        events.created_at,

        events._batch_id,
        units._version
    from events
    cross join units

)

select * from final
