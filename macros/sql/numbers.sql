{#- A rate as double; null, never an error or infinity, where the denominator is 0 or null. -#}
{% macro ratio(numerator, denominator) -%}
    try_divide(cast({{ numerator }} as double), cast({{ denominator }} as double))
{%- endmacro %}


{#- An amount at report precision: two decimals. -#}
{% macro amount(expression) -%}
    cast({{ expression }} as decimal(18, 2))
{%- endmacro %}


{#- An amount at line precision: four decimals, so that sums lose nothing to rounding. -#}
{% macro line_amount(expression) -%}
    cast({{ expression }} as decimal(18, 4))
{%- endmacro %}


{% macro count_where(condition) -%}
    cast(count_if({{ condition }}) as bigint)
{%- endmacro %}


{#-
    The population's standard deviation of amounts, as an aggregate. From exact sums, so that not even
    the last digit depends on how rows are cut, as that of stddev_pop() does.
-#}
{% macro stddev_of_amounts(amount) -%}
    sqrt(cast(
            count({{ amount }}) * sum({{ line_amount(amount) }} * {{ line_amount(amount) }})
            - sum({{ amount }}) * sum({{ amount }}) as double
        )) / count({{ amount }})
{%- endmacro %}


{#-
    The quantile of the standard normal distribution at a probability from 0.5 up to, not including, 1;
    within 0.00045 (Abramowitz & Stegun, Handbook of Mathematical Functions, 1964, 26.2.23).
-#}
{% macro normal_quantile(probability) -%}
    {%- set t = 'sqrt(-2e0 * ln(1e0 - ' ~ probability ~ '))' -%}
    (
        {{ t }} - (2.515517e0 + 0.802853e0 * {{ t }} + 0.010328e0 * {{ t }} * {{ t }})
        / (1e0 + 1.432788e0 * {{ t }} + 0.189269e0 * {{ t }} * {{ t }} + 0.001308e0 * {{ t }} * {{ t }} * {{ t }})
    )
{%- endmacro %}
