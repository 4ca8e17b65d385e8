{#-
    Ranks, tiles and quantiles of a whole shop, exact and without a task that has to sort it all.

    Rows are told apart in two steps: coarse buckets, in the order of the measure, are counted (a few
    hundred rows a shop), and only within a bucket is anything sorted. What lies in lower buckets is
    added. Buckets decide how the work is cut, never what comes out.
-#}


{#-
    The bucket of a number: grows with it, and is narrow for small and wide for large numbers, as
    amounts need it. Square roots are correctly rounded, so a larger number never has a lower bucket.
-#}
{% macro range_bucket(measure) -%}
    cast(sign({{ measure }}) * floor(64 * sqrt(sqrt(abs({{ measure }})))) as bigint)
{%- endmacro %}


{#- What lies in the buckets before each bucket, in a select that groups by bucket; `total` is an aggregate. -#}
{% macro before(total, order_by, partition_by='shop_id') -%}
    sum({{ total }}) over (partition by {{ partition_by }} order by {{ order_by }}) - {{ total }}
{%- endmacro %}


{#-
    One row per group: `row_count`, and for each measure (name → number) an array of its values at some
    places of its ascending order. A place counts from 1; `places` is an array of them, ascending, made
    of `row_count`. Values are decimal(38, 4).
-#}
{% macro values_at(places, measures, relation, group_by=['shop_id']) -%}
    {%- set groups = group_by | join(', ') -%}
    with

    measured as (

        select
            {{ groups }},
            stack(
                {{ measures | length }},
                {%- for name, measure in measures.items() %}
                '{{ name }}', cast({{ measure }} as decimal(38, 4)){{ ',' if not loop.last }}
                {%- endfor %}
            ) as (measure, value)
        from {{ relation }}

    ),

    -- equal values are one row from here on
    counted as (

        select
            {{ groups }},
            measure,
            value,
            {{ range_bucket('value') }} as bucket,
            count(*) as value_count
        from measured
        group by {{ groups }}, measure, value

    ),

    buckets as (

        select
            {{ groups }},
            measure,
            bucket,
            {{ before('sum(value_count)', 'bucket', groups ~ ', measure') }} as rows_before,
            sum(value_count) as bucket_row_count,
            sum(sum(value_count)) over (partition by {{ groups }}, measure) as row_count
        from counted
        group by {{ groups }}, measure, bucket

    ),

    -- a bucket without a place is not looked into
    wanted as (

        select *
        from (
            select
                *,
                filter(
                    {{ places }},
                    place -> place > rows_before and place <= rows_before + bucket_row_count
                ) as places
            from buckets
        )
        where size(places) > 0

    ),

    ordered as (

        select
            wanted.*,
            counted.value,
            counted.value_count,
            wanted.rows_before + sum(counted.value_count) over (
                partition by wanted.{{ group_by | join(', wanted.') }}, wanted.measure, wanted.bucket
                order by counted.value
            ) as last_place
        from counted
        inner join wanted
            on
                {%- for column in group_by + ['measure', 'bucket'] %}
                {{ 'and ' if not loop.first }}counted.{{ column }} = wanted.{{ column }}
                {%- endfor %}

    ),

    found as (

        select
            {{ groups }},
            measure,
            row_count,
            value,
            explode(filter(
                places, place -> place > last_place - value_count and place <= last_place
            )) as place
        from ordered

    )

    select
        {{ groups }},
        max(row_count) as row_count,
        {%- for name in measures %}
        transform(
            array_sort(collect_list(struct(place, value)) filter (where measure = '{{ name }}')),
            found -> found.value
        ) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from found
    group by {{ groups }}
{%- endmacro %}


{#- The place where a tile of NTILE ends, among `row_count` rows: the first tiles hold one row more. -#}
{% macro tile_end(tile, tiles, row_count='row_count') -%}
    ({{ tile }} * ({{ row_count }} div {{ tiles }}) + least({{ tile }}, {{ row_count }} % {{ tiles }}))
{%- endmacro %}


{#- `places` of values_at: the first row, and the last one of each tile. -#}
{% macro tile_places(tiles) -%}
    transform(sequence(0, {{ tiles }}), tile -> greatest(1, {{ tile_end('tile', tiles) }}))
{%- endmacro %}


{#-
    NTILE ascending, 1 the lowest, where equal rows share the lowest tile among them, so that ties
    never depend on row order: one more than the tiles that end before the row. Of a whole shop,
    `place` is a measure and `bounds` its values at tile_places; in groups that a window may sort,
    `place` is rank() and `row_count` is count().
-#}
{% macro tie_safe_ntile(tiles, place, bounds=none, row_count=none) -%}
    1
        {%- for tile in range(1, tiles) %}
        + if({{ place }} > {{ bounds ~ '[' ~ tile ~ ']' if bounds else tile_end(tile, tiles, row_count) }}, 1, 0)
        {%- endfor %}
{%- endmacro %}


{#- The same tile of a measure, null where all of a group tie in it: it separates nobody. -#}
{% macro tile_that_separates(tiles, measure, bounds) -%}
    if({{ bounds }}[0] < {{ bounds }}[{{ tiles }}], {{ tie_safe_ntile(tiles, measure, bounds) }}, null)
{%- endmacro %}


{#- `places` of values_at: the two values that a percentile lies between. -#}
{% macro percentile_places(percentage, row_count='row_count') -%}
    {%- set position = '(' ~ row_count ~ ' - 1) * ' ~ percentage ~ 'D' -%}
    array(cast(floor({{ position }}) as bigint) + 1, cast(ceil({{ position }}) as bigint) + 1)
{%- endmacro %}


{#- percentile(): interpolated between the values at percentile_places, in the same arithmetic. -#}
{% macro percentile_of(percentage, bounds, row_count='row_count') -%}
    {%- set position = '((' ~ row_count ~ ' - 1) * ' ~ percentage ~ 'D)' -%}
    if(
            {{ bounds }}[0] = {{ bounds }}[1],
            cast({{ bounds }}[0] as double),
            (ceil({{ position }}) - {{ position }}) * cast({{ bounds }}[0] as double)
            + ({{ position }} - floor({{ position }})) * cast({{ bounds }}[1] as double)
        )
{%- endmacro %}
