"""What a customer would rate a product: explicit ALS, and the mean that it has to beat."""
