{#-
    Seeds as Delta tables with a fixed location: columns and rows in one commit. The adapter's own
    drops the name and leaves the rows, so that a second `dbt seed` would find them twice; it writes
    an empty cell as the text None.
-#}
{% macro spark__create_csv_table(model, agate_table) %}
    {% set types = model.config.get('column_types', {}) %}
    {% set names = agate_table.column_names %}
    {% set rows = agate_table.rows | list %}
    {% set select_sql %}
        select
            {%- for name in names %}
            {%- set type = types.get(name) or adapter.convert_type(agate_table, loop.index0) %}
            cast({{ adapter.quote(name) }} as {{ type }}) as {{ adapter.quote(name) }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from values
            {%- for row in rows or [[none] * (names | length)] %}
            ({% for cell in row %}{{ seed_cell(cell) }}{{ ', ' if not loop.last }}{% endfor %})
            {{- ',' if not loop.last }}
            {%- endfor %}
            as cells ({% for name in names %}{{ adapter.quote(name) }}{{ ', ' if not loop.last }}{% endfor %})
        {{ 'where false' if not rows }}
    {% endset %}
    {% set sql = create_or_replace_table_sql(this, config.get('tblproperties') or {}, select_sql) %}
    {% do adapter.add_query(sql, abridge_sql_log=True) %}
    {{ return(sql) }}
{% endmacro %}


{% macro spark__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
    {{ return(create_csv_table(model, agate_table)) }}
{% endmacro %}


{#- The rows came with the table. -#}
{% macro spark__load_csv_rows(model, agate_table) %}
    {{ return('') }}
{% endmacro %}


{% macro seed_cell(cell) %}
    {{- 'null' if cell is none else "'" ~ sql_text(cell) ~ "'" -}}
{% endmacro %}
