"""Which items a customer is likeliest to buy in a season."""
