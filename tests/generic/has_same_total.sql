{#-
    Per shop, the sum of a column equals the sum of a column of another model, to a tolerance per
    row for amounts that are rounded on the way. Shops that either side lacks count as 0, and at
    least one shop must have been compared, or the test fails.
-#}
{% test has_same_total(
    model, column, to, to_column, where='true', to_where='true', tolerance_per_row=0, only_shared_shops=false
) %}

    with

    here as (

        select
            shop_id,
            cast(sum({{ column }}) as decimal(38, 4)) as total,
            count(*) as row_count
        from {{ model }}
        where {{ where }}
        group by shop_id

    ),

    there as (

        select
            shop_id,
            cast(sum({{ to_column }}) as decimal(38, 4)) as total,
            count(*) as row_count
        from {{ to }}
        where {{ to_where }}
        group by shop_id

    ),

    compared as (

        select
            shop_id,
            coalesce(here.total, 0) as here_total,
            coalesce(there.total, 0) as there_total,
            coalesce(here.row_count, 0) + coalesce(there.row_count, 0) as row_count
        from here
        {{ 'inner' if only_shared_shops else 'full outer' }} join there using (shop_id)

    )

    select
        shop_id,
        here_total,
        there_total
    from compared
    where abs(here_total - there_total) > {{ tolerance_per_row }} * row_count

{% endtest %}
