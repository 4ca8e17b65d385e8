"""Which products to show whom: implicit ALS, and the plainer ways that it has to beat."""

from ml.recommender.model import Recommender

__all__ = ["Recommender"]
