"""Assignment by hash: known values, even shares, independence between experiments."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from scipy.stats import chi2_contingency, kstest

from ml.experiments.assignment import assign, bucket
from tests.python.ml.experiment_data import experiment

UNITS = [f"customer-{number}" for number in range(20_000)]
THREE = [
    {"name": "control", "strategy": "popular", "weight": 2},
    {"name": "als", "strategy": "als", "weight": 1},
    {"name": "basket", "strategy": "basket", "weight": 1},
]


def names(name: str = "one", salt: str = "", units: list[str] = UNITS) -> list[str]:
    declared = experiment(name=name, salt=salt, variants=THREE)
    return [variant.name for variant in assign(declared, units)]


def test_a_bucket_is_a_hash_of_name_salt_and_unit() -> None:
    digest = hashlib.sha256(b"one/2024/customer-7").hexdigest()
    expected = int(digest[:16], 16) / 2**64
    assert bucket(experiment(name="one", salt="2024"), "customer-7") == pytest.approx(expected)


def test_buckets_are_uniform() -> None:
    declared = experiment()
    buckets = [bucket(declared, unit) for unit in UNITS]
    assert min(buckets) >= 0
    assert max(buckets) < 1
    assert kstest(buckets, "uniform").pvalue > 0.01


def test_the_lowest_buckets_are_the_control() -> None:
    declared = experiment(name="one", variants=THREE)
    buckets = np.array([bucket(declared, unit) for unit in UNITS[:1000]])
    expected = np.select([buckets < 0.5, buckets < 0.75], ["control", "als"], "basket")
    assert names(units=UNITS[:1000]) == expected.tolist()


def test_shares_are_those_of_the_weights() -> None:
    assigned = names()
    for variant, share in (("control", 0.5), ("als", 0.25), ("basket", 0.25)):
        # Four standard deviations.
        tolerance = 4 * np.sqrt(share * (1 - share) / len(UNITS))
        assert assigned.count(variant) / len(UNITS) == pytest.approx(share, abs=tolerance)


def test_other_units_change_nothing() -> None:
    few = UNITS[::7]
    assert names(units=few[::-1])[::-1] == names()[::7]


@pytest.mark.parametrize("other", [("two", ""), ("one", "again")])
def test_experiments_and_salts_are_independent(other: tuple[str, str]) -> None:
    table = np.zeros((3, 3))
    order = [variant["name"] for variant in THREE]
    for first, second in zip(names(), names(*other), strict=True):
        table[order.index(first), order.index(second)] += 1
    assert chi2_contingency(table).pvalue > 0.01


def test_the_same_experiment_is_not_independent_of_itself() -> None:
    pairs = set(zip(names(), names(), strict=True))
    assert pairs == {(name, name) for name in ("control", "als", "basket")}
