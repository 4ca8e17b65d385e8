{#-
    NTILE that ends in a unique key, ascending: 1 holds the lowest values.
    Wrap its result with `lowest_among_ties` in the next CTE.
-#}
{% macro ntile_by(tiles, measure, unique_key, partition_by='shop_id') -%}
    ntile({{ tiles }}) over (partition by {{ partition_by }} order by {{ measure }}, {{ unique_key }})
{%- endmacro %}


{#- Equal measures share the lowest tile among them, so that ties never depend on row order. -#}
{% macro lowest_among_ties(tile, measure, partition_by='shop_id') -%}
    min({{ tile }}) over (partition by {{ partition_by }}, {{ measure }})
{%- endmacro %}


{#- A tile of a measure, null where all of a partition tie in it: it separates nobody. -#}
{% macro tile_that_separates(tile, measure, partition_by='shop_id') -%}
    if(
            min({{ measure }}) over (partition by {{ partition_by }})
            < max({{ measure }}) over (partition by {{ partition_by }}),
            {{ lowest_among_ties(tile, measure, partition_by) }},
            null
        )
{%- endmacro %}
