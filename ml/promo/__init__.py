"""How likely an order uses a promo code, from what is known of it and its customer."""
