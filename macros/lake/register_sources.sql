{#-
    Names the tables that Python writes by path (bronze) in the metastore, before dbt reads them.
    A table that nobody has written yet is created empty from its declared columns, so that a shop
    without files builds. Runs on-run-start; costs one statement when all are known.
-#}
{% macro register_sources() %}
    {% if execute and flags.WHICH in ['run', 'build', 'test', 'seed', 'snapshot', 'run-operation', 'generate', 'show'] %}
        {% for schema in graph.sources.values() | map(attribute='schema') | unique %}
            {% do run_query('create schema if not exists ' ~ schema) %}
        {% endfor %}
        {% for source in graph.sources.values() %}
            {% if adapter.get_relation(database=none, schema=source.schema, identifier=source.identifier) is none %}
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
    location '{{ source_location(source) }}'
{% endmacro %}


{% macro source_location(source) %}
    {{- return(env_var('LAKE_ROOT', 'lake') ~ '/' ~ source.meta.layer ~ '/' ~ source.identifier) -}}
{% endmacro %}
