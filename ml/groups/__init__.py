"""Which group a product belongs to, told from its description."""
