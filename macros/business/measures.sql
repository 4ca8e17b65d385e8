{#- The sales measures of a group of int_orders; kpis.md of the definitions: orders with a sale count. -#}
{% macro sales_measures() -%}
    {{ count_where('has_sale') }} as order_count,
        count(distinct if(has_sale, customer_id, null)) as customer_count,
        sum(item_count) as item_count,
        sum(unit_count) as unit_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        sum(net_amount) as net_amount,
        sum(set_aside_amount) as set_aside_amount
{%- endmacro %}


{#- The session measures of a group of int_sessions, and those without robots. -#}
{% macro session_measures() -%}
    count(*) as session_count,
        {{ count_where('is_converted') }} as converting_session_count,
        {{ count_where('not is_robot') }} as human_session_count,
        {{ count_where('is_converted and not is_robot') }} as human_converting_session_count
{%- endmacro %}


{#- Net amount at report precision: always the rounded gross less the rounded returned, so that rows add up. -#}
{% macro rounded_net_amount(gross_amount='gross_amount', returned_amount='returned_amount') -%}
    {{ amount(amount(gross_amount) ~ ' - ' ~ amount(returned_amount)) }}
{%- endmacro %}


{#- Gross amount per order with a sale; null without one. -#}
{% macro average_order_value(relation='') -%}
    {%- set prefix = relation ~ '.' if relation else '' -%}
    {{ amount('try_divide(' ~ prefix ~ 'gross_amount, ' ~ prefix ~ 'order_count)') }}
{%- endmacro %}


{#-
    What to try next: baskets of one want a second item; an average below the median order wants
    a better one.
-#}
{% macro cross_sell_signal(items_per_order, average_order_value, median_order_amount) -%}
    case
        when {{ items_per_order }} < 1.5 then 'cross-sell'
        when {{ average_order_value }} < {{ median_order_amount }} then 'up-sell'
        else 'hold'
    end
{%- endmacro %}
