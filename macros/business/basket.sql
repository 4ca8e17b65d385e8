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


{#- How strong a lift is, in words. -#}
{% macro lift_strength(lift) -%}
    case
        when {{ lift }} > 1.5 then 'strong'
        when {{ lift }} > 1.2 then 'moderate'
        when {{ lift }} > 1 then 'weak'
        else 'negative'
    end
{%- endmacro %}
