{#- The grain of a model: no two rows share these columns, and none but the nullable ones is null. -#}
{% test unique_grain(model, columns, nullable=[]) %}

    with

    grain as (

        select
            {{ columns | join(', ') }},
            count(*) as row_count
        from {{ model }}
        group by {{ columns | join(', ') }}

    )

    select *
    from grain
    where
        row_count > 1
        {%- for column in columns if column not in nullable %}
        or {{ column }} is null
        {%- endfor %}

{% endtest %}
