{#- The ranks of a group are 1, 2, 3 … to the number of its rows, each once. -#}
{% test ranks_from_one(model, column, group_by) %}

    select
        {{ group_by | join(', ') }},
        min({{ column }}) as first_rank,
        max({{ column }}) as last_rank,
        count(distinct {{ column }}) as rank_count,
        count(*) as row_count
    from {{ model }}
    group by {{ group_by | join(', ') }}
    having
        min({{ column }}) is distinct from 1
        or max({{ column }}) <> count(*)
        or count(distinct {{ column }}) <> count(*)

{% endtest %}
