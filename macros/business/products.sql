{#- A level of a category code, from 1; null where the code is not that deep. -#}
{% macro category_level(level, category_code='category_code') -%}
    nullif(split_part({{ category_code }}, '.', {{ level }}), '')
{%- endmacro %}


{#- Whether a price is one: 0 or less says that none was known. -#}
{% macro is_price(price) -%}
    {{ price }} > 0
{%- endmacro %}
