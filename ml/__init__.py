"""Models trained on gold: features in, predictions and what is known of their quality out."""
