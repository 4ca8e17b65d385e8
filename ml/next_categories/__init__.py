"""Which categories a customer buys in the next quarter."""
