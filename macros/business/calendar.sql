{#- The meteorological season of a date, as shopping_trends names them; null without a date. -#}
{% macro season(date) -%}
    case
        when month({{ date }}) in (12, 1, 2) then 'Winter'
        when month({{ date }}) in (3, 4, 5) then 'Spring'
        when month({{ date }}) in (6, 7, 8) then 'Summer'
        when month({{ date }}) in (9, 10, 11) then 'Fall'
    end
{%- endmacro %}
