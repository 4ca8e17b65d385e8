{#-
    The days of events, for the fingerprint of a span of them: `through` of its last day ^ `before` of
    its first. Events without a day are in every span, since they may be of any session.
-#}
{% macro span_fingerprints(events) -%}
    select
        event_date,
        bit_xor(xxhash64(event_date, _version)) over (order by event_date) as through,
        coalesce(
            bit_xor(if(event_date is null, 0, xxhash64(event_date, _version))) over (
                order by event_date rows between unbounded preceding and 1 preceding
            ),
            0
        ) as before
    from ({{ day_versions(events, 'event_date') }}) as versions
{%- endmacro %}


{#-
    The days of int_sessions, and which of them would be others now. Sessions go on over days: a day
    is stale if events of it changed, if a session with such events starts on it, or spans it, or if
    such a session is no longer, or is a robot's now. All days of such a session are written together.
-#}
{% macro int_sessions__judged_days(target, day, sql) %}
    with

    days as (

        {{ span_fingerprints(ref('int_events')) }}

    ),

    -- what the table has, and whether it holds: the events of the days that a session spans, and the robots
    known as (

        select
            sessions.*,
            {{ days_between('sessions.session_date', 'sessions.ended_at') }} as span,
            sessions._span_version <=> (last_days.through ^ first_days.before) as has_same_events,
            sessions.is_robot = (robots.shop_id is not null) as has_same_robot
        from {{ target }} as sessions
        left join days as first_days on sessions.session_date <=> first_days.event_date
        left join days as last_days on cast(sessions.ended_at as date) <=> last_days.event_date
        left join {{ ref('int_robots') }} as robots
            on
                {{ is_visit_of('robots', 'sessions') }}

    ),

    settled_days as (

        select distinct explode(spans.span) as event_date
        from (
            select distinct span
            from known
            where has_same_events
        ) as spans

    ),

    changed_days as (

        select days.event_date
        from days
        left anti join settled_days on days.event_date <=> settled_days.event_date

    ),

    changed_sessions as (

        select distinct
            events.shop_id,
            events.session_id
        from {{ ref('int_events') }} as events
        inner join changed_days on events.event_date <=> changed_days.event_date
        where events.session_id is not null

    ),

    -- a session that changes takes all of its days along
    touched_days as (

        select event_date
        from changed_days
        union
        select explode(spans.span) as event_date
        from (
            select distinct known.span
            from known
            left join changed_sessions
                on
                    known.shop_id = changed_sessions.shop_id
                    and known.session_id = changed_sessions.session_id
            where not known.has_same_events or not known.has_same_robot or changed_sessions.session_id is not null
        ) as spans

    ),

    -- an event without a day may be of any session
    stale_days as (

        select event_date
        from touched_days
        union
        select event_date
        from days
        where
            exists (
                select 1
                from days as undated
                where undated.event_date is null
            )
            and exists (
                select 1
                from touched_days
            )

    ),

    stored_days as (

        select distinct session_date
        from {{ target }}

    )

    select
        cast(coalesce(stored_days.session_date, stale_days.event_date) as string) as day,
        stale_days.is_stale is not null as is_stale
    from stored_days
    full outer join (select event_date, true as is_stale from stale_days) as stale_days
        on stored_days.session_date <=> stale_days.event_date
{% endmacro %}
