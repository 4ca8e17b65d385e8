{#- A staging model has each id that loaded and clean rows of its bronze table name, and no other. -#}
{% test holds_every_id(model, bronze_table, id) %}

    with

    bronze as (

        select distinct {{ id }}
        from {{ bronze_table }}
        where
            {{ is_loaded_and_clean() }}

    )

    select
        staged.{{ id }} as staged_id,
        bronze.{{ id }} as bronze_id
    from {{ model }} as staged
    full outer join bronze on staged.{{ id }} = bronze.{{ id }}
    where staged.{{ id }} is null or bronze.{{ id }} is null

{% endtest %}
