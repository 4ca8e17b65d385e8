{#-
    Whether an order is in another currency than its shop's; one that names none is in the shop's. Such
    amounts are never added to the others, nor converted: the order is set aside and counted.
-#}
{% macro is_other_currency(orders='orders', shops='shops') -%}
    coalesce({{ orders }}.currency_code <> {{ shops }}.currency_code, false)
{%- endmacro %}


{#- An amount of an order in the shop's currency; null where the order is in another one. -#}
{% macro own_currency_amount(amount, orders='orders', shops='shops') -%}
    {{ line_amount('if(' ~ is_other_currency(orders, shops) ~ ', null, ' ~ orders ~ '.' ~ amount ~ ')') }}
{%- endmacro %}
