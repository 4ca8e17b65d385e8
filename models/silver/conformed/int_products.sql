-- One row per shop and product.
{{ union_shops('products') }}
