"""How likely an order uses a promo code, from what is known of it and its customer."""

from ml.promo.model import Promo

__all__ = ["Promo"]
