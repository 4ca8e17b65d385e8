{#-
    Refuses to run while the metastore leads a name of the project out of this lake, as one that was
    copied or left behind does: a model would write there. Runs on-run-start; `lakehouse` registers
    every table where it lies before it calls dbt, so that only another way to dbt meets this.
-#}
{% macro require_own_tables() %}
    {% if execute and flags.WHICH in ['run', 'build', 'test', 'seed', 'snapshot', 'run-operation', 'generate', 'show'] %}
        {% for node in graph.nodes.values() if node.resource_type in ['model', 'seed', 'snapshot'] and node.config.get('location_root') %}
            {% do require_place(node.schema, node.alias, node.config.location_root ~ '/' ~ node.alias) %}
        {% endfor %}
        {% for source in graph.sources.values() %}
            {% do require_place(source.schema, source.identifier, source_location(source)) %}
        {% endfor %}
    {% endif %}
{% endmacro %}


{% macro require_place(schema, name, place) %}
    {% set known = adapter.get_relation(database=none, schema=schema, identifier=name) %}
    {% set location = relation_location(known) %}
    {% if location is not none and location != place and not location.endswith('/' ~ place) %}
        {% do exceptions.raise_compiler_error(
            schema ~ '.' ~ name ~ ' is registered at ' ~ location ~ ', not in this lake at ' ~ place
            ~ '. Run: lakehouse register'
        ) %}
    {% endif %}
{% endmacro %}


{#- Where a table lies, as the metastore says; none for a view and for what it does not know. -#}
{% macro relation_location(relation) %}
    {% set found = modules.re.search('(?m)^Location: (?:file:(?://)?)?(.+)$', relation.information or '') if relation else none %}
    {{ return(found.group(1) if found else none) }}
{% endmacro %}
