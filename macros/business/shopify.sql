{#- An id of Shopify's exports: an apostrophe keeps spreadsheets from making a number of its digits. -#}
{% macro shopify_id(id) -%}
    nullif(ltrim("'", trim({{ id }})), '')
{%- endmacro %}


{#- The product of an order line: its SKU, or its name where it has none, as gift cards do. -#}
{% macro shopify_product_id() -%}
    coalesce(product_id, lineitem_name, 'unknown')
{%- endmacro %}


{#-
    A line's part of an amount of its whole order, in proportion to what the lines are worth, and no more
    than that: what all lines up to this one bear, less what those before it do, so that the parts add up.
-#}
{% macro part_of_order(amount, worth) -%}
    {%- set whole = 'sum(' ~ worth ~ ') over (partition by order_id)' -%}
    {%- set upto = 'sum(' ~ worth ~ ') over (partition by order_id order by order_item_id)' -%}
    {%- set borne = 'least(greatest(coalesce(' ~ amount ~ ', 0), 0), ' ~ whole ~ ')' -%}
    ({{ line_amount('coalesce(' ~ borne ~ ' * ' ~ upto ~ ' / nullif(' ~ whole ~ ', 0), 0)') }}
        - {{ line_amount('coalesce(' ~ borne ~ ' * (' ~ upto ~ ' - ' ~ worth ~ ') / nullif(' ~ whole ~ ', 0), 0)') }})
{%- endmacro %}
