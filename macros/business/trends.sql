{#- The periods that sales are counted in; a week starts on Monday. -#}
{% macro period_start(period_type, date) -%}
    case {{ period_type }}
        when 'month' then cast(trunc({{ date }}, 'MONTH') as date)
        when 'week' then cast(trunc({{ date }}, 'WEEK') as date)
        when 'quarter' then cast(trunc({{ date }}, 'QUARTER') as date)
        when 'year' then cast(trunc({{ date }}, 'YEAR') as date)
    end
{%- endmacro %}


{#- Growth against an earlier amount; null where that was not above 0, as no rate says anything then. -#}
{% macro growth_rate(amount, earlier_amount) -%}
    {{ ratio('(' ~ amount ~ ' - ' ~ earlier_amount ~ ')', 'if(' ~ earlier_amount ~ ' > 0, ' ~ earlier_amount ~ ', null)') }}
{%- endmacro %}


{#-
    The direction of a product's sales: the monthly change in units as a part of its monthly mean,
    against the vars `rising_trend` and `falling_trend`; null where there were too few months.
-#}
{% macro sales_trend(slope, monthly_mean) -%}
    case
        when {{ slope }} is null then null
        when {{ ratio(slope, monthly_mean) }} >= {{ var('rising_trend') }} then 'rising'
        when {{ ratio(slope, monthly_mean) }} <= {{ var('falling_trend') }} then 'falling'
        else 'flat'
    end
{%- endmacro %}
