"""Chooses settings and passes of the network on the validation part, and stops early."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from ml.metrics import Floats
from ml.recommender.exam import Exam
from ml.recommender.rankings import Base, Histories


@dataclass(frozen=True)
class Scored:
    """Scores that are there already: the network is asked once, not for each weight of repeats.

    Attributes:
        given: (customers, products), of certain histories.
    """

    given: Floats

    def scores(self, histories: Histories) -> Floats:
        """A copy, of the histories that they are of."""
        if len(histories) != len(self.given):
            raise ValueError(f"{len(self.given)} histories were scored, not {len(histories)}")
        return self.given.copy()


def part_of(exam: Exam, count: int) -> Exam:
    """As many of an exam's customers, evenly spaced."""
    rows = np.unique(np.linspace(0, len(exam.customer_keys) - 1, count).astype(np.int64))
    return Exam(
        tuple(exam.customer_keys[row] for row in rows),
        Histories(
            csr_array(exam.histories.strengths[rows]), csr_array(exam.histories.purchases[rows])
        ),
        csr_array(exam.relevant[rows]),
        exam.relevant_counts[rows],
    )


@dataclass(frozen=True)
class Stopped:
    """What was best on the way.

    Attributes:
        value: the metric.
        epoch: after which pass, from 1.
        base: what it was reached with.
    """

    value: float
    epoch: int
    base: Base


def stop_early(tried: Iterable[tuple[float, Base]], max_epochs: int, patience: int) -> Stopped:
    """The best of the passes, the first of equals; ends when so many brought nothing better.

    Args:
        tried: the metric after each pass, and what it was reached with.
        max_epochs: passes at most.
        patience: passes without a better one.
    """
    best: Stopped | None = None
    for epoch, (value, base) in enumerate(tried, start=1):
        if best is None or value > best.value:
            best = Stopped(value, epoch, base)
        if epoch >= max_epochs or epoch - best.epoch >= patience:
            break
    if best is None:
        raise ValueError("nothing was trained")
    return best
