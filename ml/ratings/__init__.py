"""What a customer would rate a product: explicit ALS, and the mean that it has to beat."""

from ml.ratings.model import Ratings

__all__ = ["Ratings"]
