{#-
    The shops of a report are those with a row in another model where a condition holds: none is
    lost, none is made up. An emptied report fails.
-#}
{% test holds_shops(model, of, where='true') %}

    with

    held as (

        select distinct shop_id
        from {{ model }}

    ),

    expected as (

        select distinct shop_id
        from {{ of }}
        where {{ where }}

    )

    select
        coalesce(held.shop_id, expected.shop_id) as shop_id,
        if(held.shop_id is null, 'missing', 'not expected') as finding
    from held
    full outer join expected on held.shop_id = expected.shop_id
    where held.shop_id is null or expected.shop_id is null

{% endtest %}
