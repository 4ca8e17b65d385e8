{#-
    A number of a regression, as a decimal: sums of them, and of their products, are exact, so that not
    even the last digit of a slope depends on how rows are cut. For numbers between -100 and 100, such
    as logarithms; there is room for sums of products up to a hundred million.
-#}
{% macro regression_value(number) -%}
    cast({{ number }} as decimal(12, 10))
{%- endmacro %}


{#-
    The covariance of two regression_values over a group, times the square of their number, as an
    aggregate; of one with itself, the variance. Where one is null, so is the other.
-#}
{% macro scaled_covariance(x, y) -%}
    cast(
            cast(count({{ x }}) as decimal(9, 0)) * cast(sum({{ x }} * {{ y }}) as decimal(28, 20))
            - cast(sum({{ x }}) as decimal(18, 10)) * cast(sum({{ y }}) as decimal(18, 10)) as double
        )
{%- endmacro %}


{#-
    Standard error of the slope of a least-squares line, from the scaled variances and covariance of
    its points and its degrees of freedom, two less than they are.
-#}
{% macro slope_standard_error(degrees, xx, xy, yy) -%}
    {%- set explained = 'pow(try_divide(' ~ xy ~ ', ' ~ xx ~ '), 2)' -%}
    {%- set all = 'try_divide(' ~ yy ~ ', ' ~ xx ~ ')' -%}
    sqrt(try_divide(
            if({{ all }} <= {{ explained }}, 0D, {{ all }} - {{ explained }}),
            {{ degrees }}
        ))
{%- endmacro %}


{#-
    The 97.5th percentile of Student's t, by degrees of freedom (1 or more, or null): as tabulated below 10, from there by
    the expansion about the normal's (Abramowitz & Stegun 26.7.5), which is off by 1e-5 at most.
-#}
{% macro student_t_975(degrees) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set terms = [
        z,
        (z ** 3 + z) / 4,
        (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
        (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
        (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
    ] -%}
    if(
            {{ degrees }} < 10,
            try_element_at(
                array(
                    12.7062047364D, 4.3026527297D, 3.1824463053D, 2.7764451052D, 2.5705818356D,
                    2.4469118512D, 2.3646242516D, 2.3060041352D, 2.2621571628D
                ),
                cast({{ degrees }} as int)
            ),
            {%- for term in terms %}
            {{ '+ ' if not loop.first }}{{ term }}D{{ ' / pow(' ~ degrees ~ ', ' ~ loop.index0 ~ ')' if not loop.first }}
            {%- endfor %}
        )
{%- endmacro %}
