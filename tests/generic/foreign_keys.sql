{#-
    Several foreign keys in one query: each value of a column that is not null stands in another
    model, in the column of the same name or in `field`.
-#}
{% test foreign_keys(model, keys) %}

    {%- for key in keys %}
    {{ 'union all' if not loop.first }}
    select
        '{{ key.column }}' as key_column,
        cast(child.{{ key.column }} as string) as orphan
    from {{ model }} as child
    left anti join {{ key.to }} as parent
        on child.{{ key.column }} = parent.{{ key.field or key.column }}
    where child.{{ key.column }} is not null
    {%- endfor %}

{% endtest %}
