{#-
    Whether a bronze row counts: its file is in the ledger as loaded (what a killed load left
    behind is not), and nothing of it was rescued.
-#}
{% macro is_loaded_and_clean() -%}
    _rescued is null
        and _batch_id in (
            select loads.batch_id from {{ source('bronze', 'loads') }} as loads where loads.status = 'loaded'
        )
{%- endmacro %}


{#-
    The loaded files, oldest export first: by the latest moment that their rows tell of, then by
    name, then by content. Nothing here depends on when, or together with what, a file was loaded.
-#}
{% macro loaded_exports() -%}
    select
        loads.batch_id as _export_batch_id,
        row_number() over (order by loads.as_of, loads.name_order, loads.batch_id) as _export_number
    from {{ source('bronze', 'loads') }} as loads
    where loads.status = 'loaded'
{%- endmacro %}


{#-
    The loaded and clean rows of a bronze table, exact duplicates out (rescued rows and duplicates
    are counted in rpt_load_quality). Besides the columns: `_batch_id`, the oldest export that has
    the row, and `_last_export`, the number of the newest. In a table that grows, `moment` is the
    column of the day that rows are of.
-#}
{% macro distinct_rows(bronze_table, columns, moment=none) -%}
    select
        found.* except (_first_export),
        exports._export_batch_id as _batch_id
    from (
        select
            {{ columns | join(',\n            ') }},
            min(exports._export_number) as _first_export,
            max(exports._export_number) as _last_export
        from {{ bronze_table }} as arrived
        inner join ({{ loaded_exports() }}) as exports
            on arrived._batch_id = exports._export_batch_id
        where
            arrived._rescued is null
            {%- if moment %}
            and {{ in_stale_days('arrived.' ~ moment) }}
            {%- endif %}
        group by
            {{ columns | join(',\n            ') }}
    ) as found
    inner join ({{ loaded_exports() }}) as exports
        on found._first_export = exports._export_number
{%- endmacro %}


{#-
    The newest version of each row of an entity that later exports repeat with changes. Rows of
    one export that contradict each other all stay, so that the unique test on the key shows them.
-#}
{% macro newest_rows(cte, key) -%}
    select *
    from (
        select
            *,
            rank() over (partition by {{ key }} order by _last_export desc) as recency
        from {{ cte }}
    )
    where recency = 1
{%- endmacro %}
