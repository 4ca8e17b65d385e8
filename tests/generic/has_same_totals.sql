{#-
    Totals of a model equal those of another, group by group (`by`; `to_by` where the other one calls
    its groups otherwise). Every group of the other one must be here; a group that is only here
    counts as 0 there. So a lost row, group or shop is found, and so is an emptied model.

    exact: column (or expression per row) here → aggregate there; not a unit of difference is allowed.
    rounded: the same for amounts that the model rounds to cents: half a cent for each row here.
    rounded_twice: for differences of two rounded amounts: a cent for each row here.
    of_shops_with: only shops that have such a row in the other one: those that record what the model
    tells. `to_where` leaves out rows, `to_having` groups of the other one.
-#}
{% test has_same_totals(
    model,
    to,
    by=['shop_id'],
    to_by=none,
    exact={},
    rounded={},
    rounded_twice={},
    where='true',
    to_where='true',
    to_having='true',
    of_shops_with=none
) %}

    {%- set here_totals = (exact.keys() | list) + (rounded.keys() | list) + (rounded_twice.keys() | list) %}
    {%- set there_totals = (exact.values() | list) + (rounded.values() | list) + (rounded_twice.values() | list) %}
    {%- set tolerances
        = ['0'] * (exact | length) + ['0.005'] * (rounded | length) + ['0.01'] * (rounded_twice | length) %}
    {%- set there_by = to_by or by %}

    with

    here as (

        select
            {%- for column in by %}
            {{ column }} as group_{{ loop.index }},
            {%- endfor %}
            {%- for total in here_totals %}
            cast(sum({{ total }}) as decimal(38, 4)) as total_{{ loop.index }},
            {%- endfor %}
            count(*) as row_count
        from {{ model }}
        where {{ where }}
        group by {{ by | join(', ') }}

    ),

    there as (

        select
            {%- for column in there_by %}
            {{ column }} as group_{{ loop.index }},
            {%- endfor %}
            {%- for total in there_totals %}
            cast({{ total }} as decimal(38, 4)) as total_{{ loop.index }},
            {%- endfor %}
            count(*) as row_count
        from {{ to }}
        where
            {%- if of_shops_with %}
            shop_id in (select recording.shop_id from {{ to }} as recording where {{ of_shops_with }})
            and ({{ to_where }})
            {%- else %}
            {{ to_where }}
            {%- endif %}
        group by {{ there_by | join(', ') }}
        having {{ to_having }}

    )

    select
        {%- for column in by %}
        coalesce(here.group_{{ loop.index }}, there.group_{{ loop.index }}) as group_{{ loop.index }},
        {%- endfor %}
        {%- for total in here_totals %}
        here.total_{{ loop.index }} as here_{{ loop.index }},
        there.total_{{ loop.index }} as there_{{ loop.index }},
        {%- endfor %}
        here.row_count
    from here
    full outer join there
        on
            {%- for column in by %}
            {{ 'and ' if not loop.first }}here.group_{{ loop.index }} <=> there.group_{{ loop.index }}
            {%- endfor %}
    where
        here.row_count is null
        {%- for tolerance in tolerances %}
        or abs(coalesce(here.total_{{ loop.index }}, 0) - coalesce(there.total_{{ loop.index }}, 0))
            > {{ tolerance }} * here.row_count
        {%- endfor %}

{% endtest %}
