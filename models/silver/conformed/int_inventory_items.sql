-- One row per shop and physical item that was ever in stock.
{{ union_shops('inventory_items') }}
