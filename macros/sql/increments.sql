{#-
    True, and a mark: where the table grows, the materialization `incremental` puts the days that it
    replaces in its place. `moment` is a date or a timestamp.
-#}
{% macro in_stale_days(moment) -%}
    /* stale days of {{ moment }} */ true
{%- endmacro %}


{#-
    The days that the rows of a bronze table are of, each with a fingerprint of the files that have
    rows of it, in the order of their exports, and of the code that reads them: as long as it stays,
    so do the rows.
-#}
{% macro bronze_day_versions(bronze_table, moment, day) -%}
    select
        arrived.{{ day }},
        xxhash64(
            '{{ code_fingerprint() }}',
            to_json(array_sort(collect_list(
                struct(loads.as_of, loads.name_order, loads.batch_id, loads.loaded_at)
            )))
        ) as _version
    from (
        select distinct
            cast({{ moment }} as date) as {{ day }},
            _batch_id
        from {{ bronze_table }}
        where _rescued is null
    ) as arrived
    inner join {{ source('bronze', 'loads') }} as loads
        on arrived._batch_id = loads.batch_id
    where loads.status = 'loaded'
    group by arrived.{{ day }}
{%- endmacro %}


{#-
    One fingerprint of all files of a bronze table, in the order of their exports, and of the code that
    reads them: for a table of which any file may change any row.
-#}
{% macro bronze_version(bronze_table) -%}
    select
        xxhash64(
            '{{ code_fingerprint() }}',
            to_json(array_sort(collect_list(
                struct(loads.as_of, loads.name_order, loads.batch_id, loads.loaded_at)
            )))
        ) as _version
    from {{ source('bronze', 'loads') }} as loads
    where loads.status = 'loaded' and loads.table_name = '{{ bronze_table.identifier }}'
{%- endmacro %}


{#- The days of a relation whose rows carry the version of their day, each with one of this model. -#}
{% macro day_versions(relation, day) -%}
    select
        {{ day }},
        xxhash64('{{ code_fingerprint() }}', array_sort(collect_set(_version))) as _version
    from {{ relation }}
    group by {{ day }}
{%- endmacro %}


{#- The days from a date to a moment, as an array; one without a day where there is none. -#}
{% macro days_between(day, moment) -%}
    coalesce(sequence({{ day }}, cast({{ moment }} as date)), array(cast(null as date)))
{%- endmacro %}


{#- Whether a condition on a `day` holds for one of an array of days, or for all of them. -#}
{% macro any_day(days, condition) -%}
    exists({{ days }}, day -> {{ condition }})
{%- endmacro %}


{% macro every_day(days, condition) -%}
    forall({{ days }}, day -> {{ condition }})
{%- endmacro %}
