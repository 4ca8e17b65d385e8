{#- Whether the shop is none of a list of shops (a var). -#}
{% macro not_in_shops(shops, shop_id) -%}
    {% if shops -%}
        {{ shop_id }} not in ('{{ shops | join("', '") }}')
    {%- else -%}
        true
    {%- endif %}
{%- endmacro %}


{#- A setting that differs by shop (a var: shop → value, with `default`), as an expression. -#}
{% macro by_shop(setting, shop_id='shop_id') -%}
    case
        {%- for shop, value in var(setting).items() if shop != 'default' %}
        when {{ shop_id }} = '{{ shop }}' then {{ value }}
        {%- endfor %}
        when true then {{ var(setting)['default'] }}
    end
{%- endmacro %}


{#-
    Standard error of ln(lift) of a pair. By the delta method on the four counts of baskets (with
    both items, one, the other, neither) as a multinomial sample, as for any function of cell
    proportions (Agresti, Categorical Data Analysis, 3rd edition, 16.1): lift = p_ab / (p_a p_b) gives
    (1/p_ab - 1/p_a - 1/p_b + 2 p_ab / (p_a p_b) - 1) / n, which is the variance below.
-#}
{% macro log_lift_standard_error(pair_count, item_a_count, item_b_count, basket_count, lift) -%}
    sqrt(greatest(
            0D,
            {{ ratio(1, pair_count) }} - {{ ratio(1, item_a_count) }} - {{ ratio(1, item_b_count) }}
            + {{ ratio('(2 * ' ~ lift ~ ' - 1)', basket_count) }}
        ))
{%- endmacro %}


{#- An end of the 95% interval of a lift, symmetric on the log scale; `sign` is + or -. -#}
{% macro lift_bound(lift, standard_error, sign) -%}
    {{ lift }} * exp({{ sign }}1.959963984540054D * {{ standard_error }})
{%- endmacro %}


{#- Whether a pair is more than chance, or less: the share of such pairs that are not is the var's. -#}
{% macro is_significant(adjusted_p_value) -%}
    ({{ adjusted_p_value }} <= {{ var('max_false_discovery_rate') }})
{%- endmacro %}


{#- How strong a lift is, in words; one that chance explains has no strength. -#}
{% macro lift_strength(lift, is_significant) -%}
    case
        when not {{ is_significant }} then 'none'
        when {{ lift }} > 1.5 then 'strong'
        when {{ lift }} > 1.2 then 'moderate'
        when {{ lift }} > 1 then 'weak'
        else 'negative'
    end
{%- endmacro %}


{#-
    Pearson's correlation of two yes-or-no attributes (phi), from the counts of those with both, with
    each, and of all; null where all have one of the two, or none has.
-#}
{% macro phi(both_count, a_count, b_count, total_count) -%}
    {%- set r -%}
        try_divide(
                cast({{ both_count }} * {{ total_count }} - {{ a_count }} * {{ b_count }} as double),
                sqrt(
                    cast({{ a_count }} * ({{ total_count }} - {{ a_count }}) as double)
                    * cast({{ b_count }} * ({{ total_count }} - {{ b_count }}) as double)
                )
            )
    {%- endset -%}
    {#- a root may be off by a hair; greatest() and least() would take null for nothing to compare -#}
    if(
            {{ r }} is null,
            null,
            greatest(-1D, least(1D, {{ r }}))
        )
{%- endmacro %}
