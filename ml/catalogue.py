"""Which models there are.

A new one: a package in `ml/`, its parameters, its tables, and a name here.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from lakehouse.errors import LakehouseError
from ml.demand.model import Demand
from ml.groups.model import ProductGroups
from ml.lifetime.model import CustomerLifetime
from ml.model import Model
from ml.neural_recommender.model import NeuralRecommender
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
OPTIONAL: tuple[Model[Any], ...] = (NeuralRecommender(),)
"""Those that need an extra of the project to be trained."""


def models(names: Sequence[str] = ()) -> list[Model[Any]]:
    """The models of these names, in order; without one all, the optional ones last.

    Raises:
        LakehouseError: there is no such model.
    """
    known = {model.name: model for model in (*MODELS, *OPTIONAL)}
    unknown = sorted(set(names) - known.keys())
    if unknown:
        raise LakehouseError(f"Unknown model {unknown[0]!r}. There are: {', '.join(known)}.")
    return [known[name] for name in names or known]


def trainable(names: Sequence[str] = ()) -> list[Model[Any]]:
    """The models of these names, in order; without one all that can be trained here.

    Raises:
        LakehouseError: there is no such model, or what it needs is not installed.
    """
    chosen = models(names)
    missing = [model for model in chosen if not all(map(find_spec, model.packages))]
    if names and missing:
        raise LakehouseError(
            f"{missing[0].name} needs {' and '.join(missing[0].packages)}. Run: pip install "
            f"'.[{missing[0].extra}]'"
        )
    return [model for model in chosen if model not in missing]
