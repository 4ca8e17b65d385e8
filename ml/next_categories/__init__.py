"""Which categories a customer buys in the next quarter."""

from ml.next_categories.model import NextCategories

__all__ = ["NextCategories"]
