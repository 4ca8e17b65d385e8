"""Which models there are.

A new one: a package in `ml/`, its parameters, its tables, and a name here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lakehouse.errors import LakehouseError
from ml.demand.model import Demand
from ml.groups.model import ProductGroups
from ml.lifetime.model import CustomerLifetime
from ml.model import Model
from ml.next_categories.model import NextCategories
from ml.promo.model import Promo
from ml.ratings.model import Ratings
from ml.recommender.model import Recommender
from ml.seasons.model import Seasons
from ml.segments.model import Segments

MODELS: tuple[Model[Any], ...] = (
    Segments(),
    CustomerLifetime(),
    Recommender(),
    Ratings(),
    NextCategories(),
    Promo(),
    Seasons(),
    ProductGroups(),
    Demand(),
)


def models(names: Sequence[str] = ()) -> list[Model[Any]]:
    """The models of these names, in order; all without one.

    Raises:
        LakehouseError: there is no such model.
    """
    known = {model.name: model for model in MODELS}
    unknown = sorted(set(names) - known.keys())
    if unknown:
        raise LakehouseError(f"Unknown model {unknown[0]!r}. There are: {', '.join(known)}.")
    return [known[name] for name in names or known]
