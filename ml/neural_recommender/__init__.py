"""Neural matching of products and histories, held to the recommender's exam."""

from ml.neural_recommender.model import NeuralRecommender

__all__ = ["NeuralRecommender"]
