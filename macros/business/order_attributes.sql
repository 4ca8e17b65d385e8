{#- The attributes of an order that only some shops record, as nulls for those that do not. -#}
{% macro no_order_attributes() -%}
    cast(null as string) as payment_method,
        cast(null as string) as shipping_type,
        cast(null as string) as purchase_frequency,
        cast(null as boolean) as is_discount_applied,
        cast(null as boolean) as is_promo_code_used,
        cast(null as double) as review_rating
{%- endmacro %}


{#- Where and when a line was shipped, as nulls for the shops that do not record it. -#}
{% macro no_fulfilment() -%}
    cast(null as timestamp) as shipped_at,
        cast(null as timestamp) as delivered_at,
        cast(null as string) as distribution_center_id
{%- endmacro %}


{#- The attributes of a customer that only some shops record, as nulls for those that do not. -#}
{% macro no_customer_attributes(except=[]) -%}
    {%- set types = {
        'gender': 'string', 'age': 'int', 'country': 'string', 'state': 'string', 'city': 'string',
        'traffic_source': 'string', 'is_subscriber': 'boolean', 'previous_purchase_count': 'int',
        'registered_at': 'timestamp'
    } -%}
    {%- for name, type in types.items() if name not in except %}
        cast(null as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
