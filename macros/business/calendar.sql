{#- The meteorological season of a date, as shopping_trends names them; null without a date. -#}
{% macro season(date) -%}
    case
        when month({{ date }}) in (12, 1, 2) then 'Winter'
        when month({{ date }}) in (3, 4, 5) then 'Spring'
        when month({{ date }}) in (6, 7, 8) then 'Summer'
        when month({{ date }}) in (9, 10, 11) then 'Fall'
    end
{%- endmacro %}


{#- Months from one date's month to another's, whole and signed. -#}
{% macro months_apart(from_date, to_date) -%}
    cast(
            (year({{ to_date }}) - year({{ from_date }})) * 12
            + month({{ to_date }}) - month({{ from_date }}) as bigint
        )
{%- endmacro %}


{#- Whole seconds from one time to another, negative where that was earlier. -#}
{% macro seconds_between(from_time, to_time) -%}
    unix_seconds({{ to_time }}) - unix_seconds({{ from_time }})
{%- endmacro %}


{#- Days of a number of seconds. -#}
{% macro days_of_seconds(seconds) -%}
    {{ ratio(seconds, 24 * 60 * 60) }}
{%- endmacro %}
