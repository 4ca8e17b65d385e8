"""The neural recommender: does a network rank what is bought next better than plainer ways do?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from lakehouse.errors import LakehouseError
from ml import tables
from ml.model import Serving, Training
from ml.neural_recommender.network import Network
from ml.neural_recommender.parameters import FAMILY, NeuralParameters
from ml.neural_recommender.tuning import Scored, Stopped, part_of, stop_early
from ml.ranking import Numbers
from ml.recommender.bases import MODEL, Bases, Choice, RecommenderParameters
from ml.recommender.exam import Exam, draw
from ml.recommender.knowledge import Knowledge, histories, read_histories
from ml.recommender.model import Recommender, bases_of, recommendations, with_repeats
from ml.recommender.rankings import Base, Histories

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

    from ml.features import Features

_LISTS = "neural_recommendations"
_KEYS, _IS_KNOWN = "product_keys", "is_known"


class NeuralRecommender(Recommender):
    """NeuMF over what customers did, held to the recommender's exam beside all its ways to rank."""

    name = "neural_recommender"
    purpose = (
        "The products that a customer is likely to buy next, by a neural network (NeuMF) on views, "
        "carts and purchases, to see whether it ranks what is bought later better than the plainer "
        "ways do. The lists that people see are the recommender's."
    )
    outputs = (_LISTS,)
    form = NeuralParameters
    # A customer is the sum of what they did: the weights are of products alone.
    remembers_customers = False
    extra = "deep"
    packages = ("jax", "optax")
    family = FAMILY
    beside = (MODEL,)

    def train(self, features: Features, training: Training[RecommenderParameters]) -> None:
        """Tunes every way to rank on the validation part; compares them on the test part.

        Raises:
            LakehouseError: nothing can be compared, for want of days or of customers who came back.
        """
        self.compare(features, training)

    def tuned(self, family: str, bases: Bases, exam: Exam) -> tuple[Choice, Numbers]:
        """The choice with the highest NDCG; of the network the passes too."""
        if family != FAMILY:
            return super().tuned(family, bases, exam)
        parameters = _own(bases.parameters)
        given = _given(bases.knowledge, parameters)
        part = part_of(exam, parameters.stopping_customer_count)
        tried: list[tuple[Stopped, dict[str, Any]]] = []
        for settings in parameters.grid(FAMILY):
            passes = _reached(bases, settings, given, part)
            stopped = stop_early(passes, parameters.max_epochs, parameters.patience)
            tried.append((stopped, settings | {"epochs": stopped.epoch}))
        stopped, settings = max(tried, key=lambda each: each[0].value)
        _, choice, lists = with_repeats(bases, Choice(FAMILY, settings, 0.0), stopped.base, exam)
        return choice, lists

    def base(self, bases: Bases, family: str, settings: dict[str, Any]) -> Base:
        """A base of any family, fitted on what is known."""
        if family != FAMILY:
            return super().base(bases, family, settings)
        return _fitted(_given(bases.knowledge, _own(bases.parameters)), settings)

    def keep(
        self,
        training: Training[RecommenderParameters],
        knowledge: Knowledge,
        settings: dict[str, Any],
    ) -> None:
        """Fits what is to serve on all that is known; its weights are kept with the run."""
        network = _fitted(_given(knowledge, _own(training.parameters)), settings)
        training.arrays = as_arrays(network, knowledge.product_keys)

    def score(
        self, features: Features, serving: Serving, parameters: RecommenderParameters
    ) -> Mapping[str, DataFrame | pa.Table]:
        """Lists of every customer where the network serves; elsewhere none: they would be others'.

        It needs no JAX.
        """
        if not serving.serves_model:
            schema = tables.schema(_LISTS, without=("shop_id", "run_id"))
            return {_LISTS: schema.empty_table()}
        choice = Choice(**serving.state["model"])
        bases = bases_of(features, parameters, "is_latest")
        network = from_arrays(serving.arrays, bases.knowledge.product_keys)
        ranked = bases.ranking(choice, network)
        return {_LISTS: recommendations(features, bases, ranked, choice.family)}


def as_arrays(network: Network, product_keys: tuple[str, ...]) -> dict[str, Any]:
    """A network as arrays to be kept, with the keys that say which row is which product's."""
    return dict(network.weights) | {
        _KEYS: np.array(product_keys, dtype=np.str_),
        _IS_KNOWN: network.is_known,
    }


def from_arrays(arrays: Mapping[str, Any], product_keys: tuple[str, ...]) -> Network:
    """The network that was kept, by the numbers that products have now."""
    weights = {name: array for name, array in arrays.items() if name not in (_KEYS, _IS_KNOWN)}
    trained = tuple(str(key) for key in arrays[_KEYS])
    return Network(weights, arrays[_IS_KNOWN]).of_products(trained, product_keys)


def _own(parameters: RecommenderParameters) -> NeuralParameters:
    if not isinstance(parameters, NeuralParameters):
        raise TypeError("no parameters of the neural recommender")
    return parameters


def _given(knowledge: Knowledge, parameters: NeuralParameters) -> Histories:
    """What is learnt from: the latest interactions of customers drawn by lot.

    Raises:
        LakehouseError: nobody has two interactions: one is told by the others.
    """
    customers = knowledge.rows.select("customer_key").distinct()
    drawn = draw(customers, parameters.training_customer_count)
    rows = knowledge.rows.join(drawn, "customer_key", "left_semi")
    table = histories(rows, parameters.max_history).sort("customer_key").toArrow()
    given = read_histories(table, len(knowledge.product_keys))
    if not (np.diff(given.strengths.indptr) > 1).any():
        raise LakehouseError(
            f"No customer had to do with two products by {knowledge.as_of_date}: there is nothing "
            "to learn from."
        )
    return given


def _reached(
    bases: Bases, settings: dict[str, Any], given: Histories, exam: Exam
) -> Iterator[tuple[float, Base]]:
    """NDCG after each pass, with the weight of repeats that suits it best."""
    for network in _passes(given, settings):
        scored = network.scores(exam.histories)
        value, _, _ = with_repeats(bases, Choice(FAMILY, settings, 0.0), Scored(scored), exam)
        yield value, network


def _fitted(given: Histories, settings: dict[str, Any]) -> Network:
    own = {name: value for name, value in settings.items() if name != "epochs"}
    (network,) = islice(_passes(given, own), settings["epochs"] - 1, settings["epochs"])
    return network


def _passes(given: Histories, settings: dict[str, Any]) -> Iterator[Network]:
    from ml.neural_recommender.fitting import Settings, epochs

    return epochs(given, Settings(**settings))
