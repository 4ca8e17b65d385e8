{#- The shares of a group add up to 1. A group without any share (nothing was sold) is left out. -#}
{% test sums_to_one(model, column, group_by, tolerance=0.000001) %}

    select
        {{ group_by | join(', ') }},
        sum({{ column }}) as total
    from {{ model }}
    group by {{ group_by | join(', ') }}
    having abs(sum({{ column }}) - 1) > {{ tolerance }}

{% endtest %}
