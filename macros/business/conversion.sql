{#-
    Rank by purchases per view within the shop, among those with at least `min_view_count` views;
    null for the others and where purchases are not recorded.
-#}
{% macro conversion_rank(view_count, purchase_count, unique_key) -%}
    {%- set is_ranked = view_count ~ ' >= ' ~ var('min_view_count') ~ ' and ' ~ purchase_count ~ ' is not null' -%}
    if(
            {{ is_ranked }},
            row_number() over (
                partition by shop_id, {{ is_ranked }}
                order by {{ ratio(purchase_count, view_count) }} desc, {{ unique_key }}
            ),
            null
        )
{%- endmacro %}
