{#- `Yes`/`No` text as boolean; null where it is neither. -#}
{% macro is_yes(text) -%}
    case lower(trim({{ text }})) when 'yes' then true when 'no' then false end
{%- endmacro %}


{#- Trimmed text; null where it is blank or the word `null`, as some exports write it. -#}
{% macro clean_text(text) -%}
    nullif(nullif(trim({{ text }}), ''), 'null')
{%- endmacro %}
