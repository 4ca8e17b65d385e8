{#-
    Names the tables that Python writes by path (bronze) in the metastore, before dbt reads them.
    A table that nobody has written yet is created empty from its declared columns, so that a shop
    without files builds. Runs on-run-start; costs one statement when all are known.
-#}
{% macro register_sources() %}
    {% if execute and flags.WHICH in ['run', 'build', 'test', 'seed', 'snapshot', 'run-operation', 'generate', 'show'] %}
        {% set known = {} %}
        {% for source in graph.sources.values() %}
            {% if source.schema not in known %}
                {% do run_query('create schema if not exists ' ~ source.schema) %}
                {% set tables = run_query('show tables in ' ~ source.schema) %}
                {% do known.update({source.schema: tables.columns['tableName'].values() | list}) %}
            {% endif %}
            {% if source.identifier not in known[source.schema] %}
                {% do run_query(create_source_table_sql(source)) %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}


{% macro create_source_table_sql(source) %}
    create table if not exists {{ source.schema }}.{{ source.identifier }} (
        {%- for column in source.columns.values() %}
        {{ adapter.quote(column.name) }} {{ column.data_type }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
    using delta
    location '{{ env_var("LAKE_ROOT", "lake") }}/{{ source.meta.layer }}/{{ source.identifier }}'
{% endmacro %}
