"""Models trained on gold, and the statistics that judge them."""
