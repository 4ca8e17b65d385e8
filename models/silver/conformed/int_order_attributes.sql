-- One row per shop and order that came with attributes of its customer and purchase.
{{ union_shops('order_attributes') }}
