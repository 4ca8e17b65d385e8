"""The neural recommender's network: what is kept, what is fitted, and what is said without JAX."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from lakehouse.errors import LakehouseError
from ml import arrays, catalogue
from ml.neural_recommender.model import as_arrays, from_arrays
from ml.neural_recommender.network import Network
from ml.neural_recommender.parameters import FAMILY, NeuralParameters
from ml.neural_recommender.tuning import stop_early
from ml.parameters import read_parameters
from ml.recommender.rankings import Histories, Popularity

SIZE, PRODUCTS, CUSTOMERS = 4, 40, 200


def _network() -> Network:
    drawn = np.random.default_rng(1)
    shapes = {
        **dict.fromkeys(
            ("history_gmf", "history_mlp", "product_gmf", "product_mlp"), (PRODUCTS, SIZE)
        ),
        "product_bias": (PRODUCTS,),
        "hidden_weight_0": (2 * SIZE, 6),
        "hidden_bias_0": (6,),
        "hidden_weight_1": (6, 3),
        "hidden_bias_1": (3,),
        "output": (SIZE + 3,),
    }
    weights = {name: drawn.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    return Network(weights, np.ones(PRODUCTS, dtype=np.bool_))


def _histories(is_dealt_anew: bool = False) -> tuple[Histories, csr_array]:
    """Customers of two tastes: what they did, and what they do next."""
    drawn = np.random.default_rng(2)
    half = PRODUCTS // 2
    met = np.zeros((CUSTOMERS, PRODUCTS))
    later = np.zeros_like(met)
    for row in range(CUSTOMERS):
        taste = drawn.permutation(half) + half * (row % 2)
        if is_dealt_anew:
            taste = drawn.permutation(PRODUCTS)
        met[row, taste[:8]] = 1
        later[row, taste[8:14]] = 1
    return Histories(csr_array(5 * met), csr_array(met)), csr_array(later)


def _found(base: Network | Popularity, histories: Histories, later: csr_array) -> float:
    """The share of the ten best new products that are bought next."""
    scores = np.where(histories.purchases.toarray() > 0, -1, base.scores(histories))
    best = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    return float(np.take_along_axis(later.toarray(), best, axis=1).mean())


def _fitted(histories: Histories, passes: int = 15, seed: int = 1) -> Network:
    pytest.importorskip("jax", reason="needs the extra `deep`")
    pytest.importorskip("optax", reason="needs the extra `deep`")
    from ml.neural_recommender.fitting import Settings, epochs

    settings = Settings(8, (16, 8), 0.01, 0.01, 4, seed)
    return next(islice(epochs(histories, settings), passes - 1, None))


def test_a_product_is_scored_by_the_rest_of_the_history() -> None:
    strengths = np.zeros((2, PRODUCTS))
    strengths[0, [3, 7, 9]] = 5
    strengths[1, [3, 7]] = 5
    given = csr_array(strengths)
    scores = _network().scores(Histories(given, given))
    assert scores[0, 9] == pytest.approx(scores[1, 9], rel=1e-4)
    assert scores[0, 11] != pytest.approx(scores[1, 11], rel=1e-4)


def test_who_and_what_is_unknown_has_no_score() -> None:
    network = _network()
    strengths = np.zeros((2, PRODUCTS))
    strengths[0, [1, 2]] = 5
    given = csr_array(strengths)
    scores = Network(network.weights, np.arange(PRODUCTS) != 5).scores(Histories(given, given))
    assert (scores[:, 5] == 0).all()
    assert (scores[1] == 0).all()
    assert (np.delete(scores[0], 5) > 0).all()


def test_what_is_saved_and_loaded_scores_the_same(tmp_path: Path) -> None:
    keys = tuple(f"p{number:02}" for number in range(PRODUCTS))
    histories, _ = _histories()
    network = _network()
    path = arrays.save(str(tmp_path), "ml/_models/neural_recommender/s/r", as_arrays(network, keys))
    assert arrays.is_path(path)
    kept = arrays.load(path)
    loaded = from_arrays(kept, keys)
    assert (loaded.scores(histories) == network.scores(histories)).all()
    moved = from_arrays(kept, ("new", *keys))
    wider = csr_array(np.pad(histories.strengths.toarray(), ((0, 0), (1, 0))))
    again = moved.scores(Histories(wider, wider))
    assert again[:, 1:] == pytest.approx(network.scores(histories), rel=1e-5)
    assert (again[:, 0] == 0).all()


def test_training_stops_when_nothing_gets_better() -> None:
    base = Popularity(np.ones(2))
    values = [0.1, 0.3, 0.3, 0.2, 0.9]
    stopped = stop_early([(value, base) for value in values], max_epochs=9, patience=2)
    assert (stopped.value, stopped.epoch) == (0.3, 2)


def test_the_networks_parameters_are_the_recommenders_and_its_own() -> None:
    given = read_parameters("neural_recommender", NeuralParameters)
    assert len(list(given.grid(FAMILY))) == 8
    assert given.rule == read_parameters("recommender", type(given).__bases__[0]).rule


def test_without_the_extra_it_is_left_out_or_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "find_spec", lambda name: None)
    assert catalogue.trainable() == list(catalogue.MODELS)
    with pytest.raises(LakehouseError, match=r"needs jax and optax\. Run: pip install '\.\[deep\]"):
        catalogue.trainable(["neural_recommender"])


def test_tastes_are_found_and_a_seed_gives_the_same_weights() -> None:
    histories, later = _histories()
    network, same = _fitted(histories), _fitted(histories)
    popular = Popularity(histories.purchases.sum(axis=0).astype(np.float64))
    assert _found(network, histories, later) > _found(popular, histories, later) + 0.1
    assert all((network.weights[name] == same.weights[name]).all() for name in network.weights)
    other = _fitted(histories, passes=1, seed=2)
    assert (other.weights["output"] != network.weights["output"]).any()


def test_tastes_that_are_dealt_out_anew_are_chance() -> None:
    histories, later = _histories(is_dealt_anew=True)
    # Of the 32 products that are new to a customer, 6 are bought next.
    assert _found(_fitted(histories), histories, later) == pytest.approx(6 / 32, abs=0.03)
