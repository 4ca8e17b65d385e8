{#-
    Customers of a group (a category, a brand) are ranked in pieces: those with as many interactions
    and ids that begin alike. These are the pieces of a CTE `engagement`, and the rows before each.
-#}
{% macro engagement_pieces(group) -%}
    select
        shop_id,
        {{ group }},
        interaction_count,
        id_prefix,
        {{ before('count(*)', 'interaction_count desc, id_prefix asc', 'shop_id, ' ~ group) }} as rows_before
    from engagement
    group by shop_id, {{ group }}, interaction_count, id_prefix
{%- endmacro %}


{#- The piece of a row of `engagement`. -#}
{% macro is_piece_of_engagement(group) -%}
    engagement.shop_id = pieces.shop_id
            and engagement.{{ group }} = pieces.{{ group }}
            and engagement.interaction_count = pieces.interaction_count
            and engagement.id_prefix = pieces.id_prefix
{%- endmacro %}


{#- Rank by interactions within the group, 1 the most; ties in the order of the customers, then of `ties`. -#}
{% macro engagement_rank(group, ties=[]) -%}
    cast(pieces.rows_before + row_number() over (
            partition by
                engagement.shop_id,
                engagement.{{ group }},
                engagement.interaction_count,
                engagement.id_prefix
            order by engagement.customer_id asc{% for tie in ties %}, engagement.{{ tie }} asc{% endfor %}
        ) as int)
{%- endmacro %}
