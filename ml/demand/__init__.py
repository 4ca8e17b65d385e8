"""Demand: units by day and week, what is odd in them, and which weeks suit a promotion."""
