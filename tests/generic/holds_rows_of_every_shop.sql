{#- A conformed model has as many rows of each shop as the shop's mapping gives. -#}
{% test holds_rows_of_every_shop(model, entity) %}

    with

    held as (

        select
            shop_id,
            count(*) as row_count
        from {{ model }}
        group by shop_id

    ),

    mapped_rows as (

        {{ union_shops(entity) }}

    ),

    mapped as (

        select
            shop_id,
            count(*) as row_count
        from mapped_rows
        group by shop_id

    )

    select
        coalesce(held.shop_id, mapped.shop_id) as shop_id,
        held.row_count as held_count,
        mapped.row_count as mapped_count
    from held
    full outer join mapped on held.shop_id = mapped.shop_id
    where held.row_count is distinct from mapped.row_count

{% endtest %}
