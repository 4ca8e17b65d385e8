"""Customers in a few groups, each with a name that follows from what its customers do."""
