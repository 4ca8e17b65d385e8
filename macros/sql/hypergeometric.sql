{#-
    ln n! of a double without decimals: exact to 20, then Stirling's series (NIST DLMF 5.11.1) of
    which the first term left out is below 1e-12.
-#}
{% macro log_factorial(n) -%}
    if(
            {{ n }} <= 20,
            ln(factorial(cast(least({{ n }}, 20D) as int))),
            {{ n }} * ln({{ n }}) - {{ n }} + ln(2 * pi() * {{ n }}) / 2
            + 1 / (12 * {{ n }}) - 1 / (360 * power({{ n }}, 3)) + 1 / (1260 * power({{ n }}, 5))
        )
{%- endmacro %}


{#-
    The probability that `drawn` of `total` things, drawn without return, hold at least `hits` of the
    `marked` ones; all are doubles without decimals, and `hits` is not below what is to be expected.

    The probability of exactly `hits` is C(marked, hits) C(total - marked, drawn - hits) /
    C(total, drawn); each further one follows from the one before by a ratio. Terms are added until
    twelve standard deviations further on, where what is left is nothing to a double.
-#}
{% macro hypergeometric_tail(hits, marked, drawn, total) -%}
    exp(
            {{ log_factorial(marked) }} + {{ log_factorial(drawn) }}
            + {{ log_factorial('(' ~ total ~ ' - ' ~ marked ~ ')') }}
            + {{ log_factorial('(' ~ total ~ ' - ' ~ drawn ~ ')') }}
            - {{ log_factorial(total) }} - {{ log_factorial(hits) }}
            - {{ log_factorial('(' ~ marked ~ ' - ' ~ hits ~ ')') }}
            - {{ log_factorial('(' ~ drawn ~ ' - ' ~ hits ~ ')') }}
            - {{ log_factorial('(' ~ total ~ ' - ' ~ marked ~ ' - ' ~ drawn ~ ' + ' ~ hits ~ ')') }}
        ) * aggregate(
            sequence(1, cast(
                50 + 12 * sqrt(
                    {{ marked }} * {{ drawn }} / {{ total }}
                    * (1 - {{ marked }} / {{ total }}) * (1 - {{ drawn }} / {{ total }})
                ) as int
            )),
            named_struct('term', 1D, 'total', 0D),
            (so_far, i) -> named_struct(
                'term',
                so_far.term * ({{ marked }} - {{ hits }} - i + 1) * ({{ drawn }} - {{ hits }} - i + 1)
                / (({{ hits }} + i) * ({{ total }} - {{ marked }} - {{ drawn }} + {{ hits }} + i)),
                'total',
                so_far.total + so_far.term
            ),
            so_far -> so_far.total
        )
{%- endmacro %}


{#-
    Fisher's exact test that being marked and being drawn have nothing to do with each other: twice
    the smaller tail. Where the hits are fewer than expected, the tail below them is counted as that
    of the unmarked among the drawn.
-#}
{% macro fisher_p_value(hits, marked, drawn, total) -%}
    least(1D, 2 * if(
            {{ hits }} * {{ total }} >= {{ marked }} * {{ drawn }},
            {{ hypergeometric_tail(hits, marked, drawn, total) }},
            {{ hypergeometric_tail(
                '(' ~ drawn ~ ' - ' ~ hits ~ ')', '(' ~ total ~ ' - ' ~ marked ~ ')', drawn, total
            ) }}
        ))
{%- endmacro %}
