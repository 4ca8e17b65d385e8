{#-
    All shops that map a conformed entity (var `shops`), one below the other. The mapping of a shop
    is `int_<shop>__<entity>`; it gives the columns of the entity (var `conformed`), in any order.
-#}
{% macro union_shops(entity) -%}
    {%- for shop, tables in var('shops').items() if entity in tables.conformed %}
    {{- '\n    union all\n    ' if not loop.first }}select
        {{ var('conformed')[entity] | join(',\n        ') }}
    from {{ ref('int_' ~ shop ~ '__' ~ entity) }}
    {%- endfor %}
{%- endmacro %}


{#-
    The columns of a conformed entity that a shop does not record, as typed nulls, for its mapping:
    all that are not required, but those of `except`, which the mapping gives itself. Each ends in a
    comma, as there may be none: another column follows.
-#}
{% macro not_recorded(entity, except=[]) -%}
    {%- set columns = var('conformed')[entity] %}
    {%- for name in except if name not in columns %}
    {{- exceptions.raise_compiler_error(entity ~ ' have no column ' ~ name ~ ' (var conformed)') }}
    {%- endfor %}
    {%- for name, column in columns.items() if name not in except and not column.required %}
    {{- '\n        ' if not loop.first }}cast(null as {{ column.type }}) as {{ name }},
    {%- endfor %}
{%- endmacro %}


{#- What bronze holds of every shop (var `shops`), one row each, straight from bronze. -#}
{% macro union_bronze_totals() -%}
    {%- for shop in var('shops') %}
    {{- '\n    union all\n    ' if not loop.first }}select
        shop_id,
        line_count,
        line_amount,
        event_count
    from {{ ref('stg_' ~ shop ~ '__totals') }}
    {%- endfor %}
{%- endmacro %}
