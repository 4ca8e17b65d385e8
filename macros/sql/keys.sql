{#- `<entity>_key`: the shop and the natural id joined by `|`; null where the id is null. -#}
{% macro entity_key(id, shop_id='shop_id') -%}
    {{ shop_id }} || '|' || {{ id }}
{%- endmacro %}
