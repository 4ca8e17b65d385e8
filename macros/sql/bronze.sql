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
    The loaded and clean rows of a bronze table, exact duplicates out (rescued rows and duplicates
    are counted in rpt_load_quality). Besides the columns: `_batch_id`, the load that brought the
    row first, and `_last_ingested_at`.
-#}
{% macro distinct_rows(bronze_table, columns) -%}
    select
        {{ columns | join(',\n        ') }},
        min(struct(_ingested_at, _batch_id))._batch_id as _batch_id,
        max(_ingested_at) as _last_ingested_at
    from {{ bronze_table }}
    where
        {{ is_loaded_and_clean() }}
    group by
        {{ columns | join(',\n        ') }}
{%- endmacro %}


{#-
    The newest version of each row of an entity that later exports repeat with changes. Rows of
    one load that contradict each other all stay, so that the unique test on the key shows them.
-#}
{% macro newest_rows(cte, key) -%}
    select *
    from (
        select
            *,
            rank() over (partition by {{ key }} order by _last_ingested_at desc) as recency
        from {{ cte }}
    )
    where recency = 1
{%- endmacro %}
