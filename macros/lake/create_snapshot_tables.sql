{#-
    Creates the snapshots' tables empty from their declared columns, so that the models that read them
    build before the first `dbt snapshot`. Runs on-run-start; a table that exists stays as it is.
-#}
{% macro create_snapshot_tables() %}
    {% if execute and flags.WHICH in ['run', 'build', 'test', 'generate', 'show'] %}
        {% for snapshot in graph.nodes.values() if snapshot.resource_type == 'snapshot' %}
            {% do run_query('create schema if not exists ' ~ snapshot.schema) %}
            {% if adapter.get_relation(database=none, schema=snapshot.schema, identifier=snapshot.alias) is none %}
                {% do run_query(create_snapshot_table_sql(snapshot)) %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}


{% macro create_snapshot_table_sql(snapshot) %}
    create table if not exists {{ snapshot.schema }}.{{ snapshot.alias }} (
        {%- for column in snapshot.columns.values() %}
        {{ adapter.quote(column.name) }} {{ column.data_type }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
    using delta
    location '{{ snapshot.config.location_root }}/{{ snapshot.alias }}'
{% endmacro %}
