{#- How many rows of each batch stand in silver, per bronze table of every shop (var `shops`). -#}
{% macro staged_row_counts() -%}
    {%- for shop, tables in var('shops').items() %}
    {%- set first_shop = loop.first %}
    {%- for entity in tables.bronze %}
    {{- '\n    union all\n    ' if not (first_shop and loop.first) }}select
        '{{ shop }}__{{ entity }}' as table_name,
        _batch_id as batch_id,
        count(*) as staged_count
    from {{ ref('stg_' ~ shop ~ '__' ~ entity) }}
    group by _batch_id
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}
