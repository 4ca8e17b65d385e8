"""Customer lifetime value: how often customers will buy again, and for how much."""
