{#- The bucket of a group in sales reports: what has none is `unknown`, so that shares add up to 1. -#}
{% macro or_unknown(group) -%}
    coalesce({{ group }}, 'unknown')
{%- endmacro %}


{#- The measures of a group of int_sales_lines, as sales reports need them. -#}
{% macro group_sales_measures() -%}
    count(distinct if(is_sale, order_id, null)) as order_count,
        count(distinct if(is_sale, customer_id, null)) as customer_count,
        sum(unit_count) as unit_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        sum(net_amount) as net_amount,
        {{ known_cost_measures() }}
{%- endmacro %}


{#- The sales of a group (int_sales_by_group) at report precision: counts, amounts, margin. -#}
{% macro sales_of_group() -%}
    -- counts
        order_count,
        customer_count,
        unit_count,

        -- amounts
        {{ amount('gross_amount') }} as gross_amount,
        {{ amount('returned_amount') }} as returned_amount,
        {{ rounded_net_amount() }} as net_amount,
        {{ average_order_value() }} as average_order_value,
        {{ margin_amounts() }},

        -- rates
        {{ margin_rates() }}
{%- endmacro %}


{#- Share of the shop's net amount, over rows that hold all of it. -#}
{% macro revenue_share() -%}
    {{ ratio('net_amount', 'sum(net_amount) over (partition by shop_id)') }}
{%- endmacro %}


{#- Rank by net amount within the shop; `unknown` is no group that could win, and comes last. -#}
{% macro group_revenue_rank(group) -%}
    row_number() over (
            partition by shop_id
            order by {{ group }} = 'unknown' asc, net_amount desc, {{ group }} asc
        )
{%- endmacro %}
