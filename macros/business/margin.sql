{#-
    The sums that margin comes from. Only lines whose cost is known count in it: with the net of the
    others margin would be too high, and divided by all net its rate too low.
-#}
{% macro known_cost_measures() -%}
    sum(cost_amount) as cost_amount,
        sum(if(cost_amount is null, 0, gross_amount)) as known_cost_gross_amount,
        sum(if(cost_amount is null, 0, returned_amount)) as known_cost_returned_amount
{%- endmacro %}


{#- The amounts of a margin at report precision: net and cost of the lines with a known cost, and what is between. -#}
{% macro margin_amounts(relation='') -%}
    {%- set prefix = relation ~ '.' if relation else '' -%}
    {%- set net = rounded_net_amount(
        prefix ~ 'known_cost_gross_amount', prefix ~ 'known_cost_returned_amount'
    ) -%}
    {{ net }} as known_cost_net_amount,
        {{ amount(prefix ~ 'cost_amount') }} as cost_amount,
        {{ amount(net ~ ' - ' ~ amount(prefix ~ 'cost_amount')) }} as margin_amount
{%- endmacro %}


{#- Margin per net of the lines with a known cost, and how much of all net these lines are. -#}
{% macro margin_rates(relation='') -%}
    {%- set prefix = relation ~ '.' if relation else '' -%}
    {%- set net = '(' ~ prefix ~ 'known_cost_gross_amount - ' ~ prefix ~ 'known_cost_returned_amount)' -%}
    {{ ratio('(' ~ net ~ ' - ' ~ prefix ~ 'cost_amount)', net) }} as margin_rate,
        {{ ratio(net, prefix ~ 'net_amount') }} as known_cost_share
{%- endmacro %}
