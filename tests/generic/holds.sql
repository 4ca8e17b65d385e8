{#- A sentence that is true of every row: a null answer is a failure too. -#}
{% test holds(model, expression) %}

    select *
    from {{ model }}
    where not coalesce({{ expression }}, false)

{% endtest %}
