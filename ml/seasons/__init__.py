"""Which items a customer is likeliest to buy in a season."""

from ml.seasons.model import Seasons

__all__ = ["Seasons"]
