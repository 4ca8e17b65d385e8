"""Which products to show whom: implicit ALS, and the plainer ways that it has to beat."""
