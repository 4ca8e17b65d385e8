"""Which unit sees which variant: a hash decides, so that nothing has to be stored."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from ml.experiments.declaration import Experiment, Variant


def bucket(experiment: Experiment, unit_id: str) -> float:
    """A number in [0, 1), uniform over units and independent between names and salts.

    It is the first 53 bits, what a float holds exactly, of SHA-256 of `name/salt/unit_id`.
    """
    key = f"{experiment.name}/{experiment.salt}/{unit_id}"
    return (int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) >> 11) / 2**53


def assign(experiment: Experiment, unit_ids: Iterable[str]) -> list[Variant]:
    """The variant of each unit, in their order; who else there is makes no difference."""
    inner_edges = list(accumulate(experiment.shares))[:-1]
    return [
        experiment.variants[bisect_right(inner_edges, bucket(experiment, unit_id))]
        for unit_id in unit_ids
    ]
