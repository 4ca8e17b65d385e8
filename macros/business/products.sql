{#- A level of a category code, from 1; null where the code is not that deep. -#}
{% macro category_level(level, category_code='category_code') -%}
    nullif(split_part({{ category_code }}, '.', {{ level }}), '')
{%- endmacro %}


{#- Whether a price is one: 0 or less says that none was known. -#}
{% macro is_price(price) -%}
    {{ price }} > 0
{%- endmacro %}


{#- Whether a sale counts as a recent one: of the 90 days before the shop's last, since the data may be old. -#}
{% macro is_recent_sale(ordered_at, last_sale_at) -%}
    {{ ordered_at }} > {{ last_sale_at }} - interval 90 days
{%- endmacro %}


{#- For how many days what is on hand lasts, as it sold in the last 90; null where nothing did. -#}
{% macro days_of_cover(on_hand_count='on_hand_count', units_sold_90d='units_sold_90d') -%}
    {{ ratio(on_hand_count, ratio(units_sold_90d, '90')) }}
{%- endmacro %}
