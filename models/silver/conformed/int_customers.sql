-- One row per shop and customer.
{{ union_shops('customers') }}
