{#-
    The last day that features may know of, as a date: the var `as_of_date`, or a shop's last day
    where that is earlier or the var is not set.
-#}
{% macro as_of_date(last_day) -%}
    {%- if var('as_of_date') -%}
        if({{ last_day }} > date '{{ var('as_of_date') }}', date '{{ var('as_of_date') }}', {{ last_day }})
    {%- else -%}
        {{ last_day }}
    {%- endif -%}
{%- endmacro %}


{#- Whether a day is known as of a date; shops without dates know all of their undated rows. -#}
{% macro is_known(day, as_of_date) -%}
    ({{ day }} <= {{ as_of_date }} or ({{ day }} is null and {{ as_of_date }} is null))
{%- endmacro %}


{#- The key of a row of features: whom it describes, and as of when. -#}
{% macro feature_key(ids, as_of_date='as_of_date', shop_id='shop_id') -%}
    concat_ws('|', {{ shop_id }}, {{ ids | join(', ') }}, coalesce(cast({{ as_of_date }} as string), 'undated'))
{%- endmacro %}


{#- How much an interaction says of a customer's taste: a view 1, a cart 3, a purchase 5. -#}
{% macro interaction_strength(view_count, cart_count, purchase_count) -%}
    cast({{ view_count }} + 3 * {{ cart_count }} + 5 * {{ purchase_count }} as double)
{%- endmacro %}
