{#-
    Seeds as Delta tables with a fixed location: created or replaced in one commit. The adapter's own
    drops the name and leaves the rows, so that a second `dbt seed` would find them twice.
-#}
{% macro spark__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
    {{ return(create_csv_table(model, agate_table)) }}
{% endmacro %}


{% macro spark__create_csv_table(model, agate_table) %}
    {% set types = model.config.get('column_types', {}) %}
    {% set sql %}
        create or replace table {{ this }} (
            {%- for column in agate_table.column_names %}
            {{ adapter.quote(column) }} {{ types.get(column) or adapter.convert_type(agate_table, loop.index0) }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        )
        using delta
        {{ location_clause() }}
    {% endset %}
    {% do run_query(sql) %}
    {{ return(sql) }}
{% endmacro %}
