{#- Schemas are bare names (silver, gold), prefixed only where several lakes share a metastore. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ env_var('LAKE_SCHEMA_PREFIX', '') }}{{ custom_schema_name or 'lakehouse' }}
{%- endmacro %}
