{#-
    A robot (int_robots) that a row with a customer and a session belongs to. A known customer is one
    visitor in all sessions; nobody known is a visitor of one session.
-#}
{% macro is_visit_of(robots, visits) -%}
    {{ visits }}.shop_id = {{ robots }}.shop_id
        and {{ visits }}.customer_id is not distinct from {{ robots }}.customer_id
        and if({{ visits }}.customer_id is null, {{ visits }}.session_id, null)
        is not distinct from {{ robots }}.session_id
{%- endmacro %}
