"""Neural matching of products and histories, held to the recommender's exam."""
