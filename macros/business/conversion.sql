{#-
    Rank by purchases per view within the shop, or by another `rate`, among those with at least
    `min_view_count` views; null for the others and where purchases are not recorded.
-#}
{% macro conversion_rank(view_count, purchase_count, unique_key, rate=none) -%}
    {%- set is_ranked = view_count ~ ' >= ' ~ var('min_view_count') ~ ' and ' ~ purchase_count ~ ' is not null' -%}
    if(
            {{ is_ranked }},
            row_number() over (
                partition by shop_id, {{ is_ranked }}
                order by {{ rate or ratio(purchase_count, view_count) }} desc, {{ unique_key }}
            ),
            null
        )
{%- endmacro %}


{#-
    An end of the 95% interval of a rate, successes ÷ trials; `sign` is + or -. Wilson's, which also
    holds for few trials and for rates near 0 and 1 (Brown, Cai and DasGupta, Interval Estimation for a
    Binomial Proportion, Statistical Science 16, 2001, formula 4). Null without trials, and where
    successes are more than trials: what is no part of them has no such interval.
-#}
{% macro wilson_bound(successes, trials, sign) -%}
    {%- set z = 1.959963984540054 -%}
    if(
            {{ successes }} between 0 and {{ trials }} and {{ trials }} > 0,
            -- rounding may leave the last digit beyond 0 and 1
            greatest(0D, least(1D, {{ ratio(
                '(' ~ successes ~ ' + ' ~ z * z / 2 ~ 'D ' ~ sign ~ ' ' ~ z ~ 'D * sqrt('
                ~ ratio(successes ~ ' * (' ~ trials ~ ' - ' ~ successes ~ ')', trials)
                ~ ' + ' ~ z * z / 4 ~ 'D))',
                '(' ~ trials ~ ' + ' ~ z * z ~ 'D)'
            ) }})),
            null
        )
{%- endmacro %}
