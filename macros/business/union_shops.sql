{#-
    All shops that map a conformed entity (var `shops`), one below the other. The mapping of a shop
    is `int_<shop>__<entity>`; it gives the columns listed here, the conformed shape, in any order.
-#}
{% macro union_shops(entity) -%}
    {%- set columns = {
        'customers': [
            'shop_id', 'customer_id', 'gender', 'age', 'country', 'state', 'city', 'traffic_source',
            'is_subscriber', 'previous_purchase_count', 'registered_at'
        ],
        'products': [
            'shop_id', 'product_id', 'category_id', 'product_name', 'category', 'category_code', 'brand',
            'department', 'list_price', 'unit_cost'
        ],
        'orders': [
            'shop_id', 'order_id', 'customer_id', 'ordered_at', 'status', 'country', 'season',
            'payment_method', 'shipping_type', 'purchase_frequency', 'is_discount_applied',
            'is_promo_code_used', 'review_rating'
        ],
        'order_items': [
            'shop_id', 'order_item_id', 'order_id', 'customer_id', 'product_id', 'ordered_at',
            'line_type', 'is_sale', 'quantity', 'unit_price', 'gross_amount', 'returned_amount',
            'set_aside_amount', 'cost_amount', 'returned_at', 'shipped_at', 'delivered_at',
            'distribution_center_id'
        ],
        'order_attributes': [
            'shop_id', 'order_id', 'customer_id', 'product_id', 'gender', 'age_band', 'state',
            'category', 'size', 'color', 'season', 'shipping_type', 'payment_method',
            'purchase_frequency', 'age', 'previous_purchase_count', 'purchase_amount',
            'review_rating', 'is_subscriber', 'is_discount_applied', 'is_promo_code_used'
        ],
        'events': [
            'shop_id', 'event_id', 'session_id', 'customer_id', 'product_id', 'event_type',
            'event_date', 'event_at', 'price', 'traffic_source', '_version'
        ],
        'inventory_items': [
            'shop_id', 'inventory_item_id', 'product_id', 'distribution_center_id', 'stocked_at',
            'sold_at', 'cost'
        ],
        'distribution_centers': [
            'shop_id', 'distribution_center_id', 'distribution_center_name'
        ],
    }[entity] -%}
    {%- for shop, tables in var('shops').items() if entity in tables.conformed %}
    {{- '\n    union all\n    ' if not loop.first }}select
        {{ columns | join(',\n        ') }}
    from {{ ref('int_' ~ shop ~ '__' ~ entity) }}
    {%- endfor %}
{%- endmacro %}


{#- What bronze holds of every shop (var `shops`), one row each, straight from bronze. -#}
{% macro union_bronze_totals() -%}
    {%- for shop in var('shops') %}
    {{- '\n    union all\n    ' if not loop.first }}select
        shop_id,
        line_count,
        line_amount,
        event_count
    from {{ ref('stg_' ~ shop ~ '__totals') }}
    {%- endfor %}
{%- endmacro %}
