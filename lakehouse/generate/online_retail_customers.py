"""The wholesaler's customers: who they are, where, how often they buy and for how long."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lakehouse.generate.online_retail_catalogue import COUNTRIES, EIRE, UNITED_KINGDOM
from lakehouse.generate.seeds import Floats, Int64s, Rng, generator, pick, pick_cumulative


class PlantedSegment(NamedTuple):
    """A kind of customer: its share of them, and factors of how often and how much they buy."""

    share: float
    orders: float
    lines: float


PLANTED_SEGMENTS = {
    "ordinary": PlantedSegment(0.5, 1.0, 1.0),
    "often a little": PlantedSegment(0.25, 2.5, 0.6),
    "seldom a lot": PlantedSegment(0.25, 0.5, 3.5),
}
"""Kinds of customers that a segmentation must find; chosen."""


@dataclass(frozen=True)
class Customers:
    """All customers, in the order in which they first may buy."""

    ids: Int64s  # five-digit numbers, as long as there are fewer than 80,000 customers
    country: Int64s  # index into COUNTRIES
    other_country: Int64s  # where some of their invoices go; for most the same country
    weights: Floats  # running sum of how often each buys
    lines: Floats  # how much longer or shorter than usual their invoices are
    joined: Floats  # when they may buy, as shares (0 to 1) of the two years
    left: Floats  # when they may buy, as shares (0 to 1) of the two years

    def buying_at(self, rng: Rng, moment: Floats) -> Int64s:
        """Return a customer for each moment (share of the two years), nearly always an active one.

        Who left is drawn again, a few times.
        """
        count = len(self.ids)
        here = np.clip(np.searchsorted(self.joined, moment, side="right"), 1, count)
        chosen = self._drawn(rng, here)
        for _ in range(_DRAWS - 1):
            chosen = np.where(self.left[chosen] < moment, self._drawn(rng, here), chosen)
        return chosen

    def _drawn(self, rng: Rng, here: Int64s) -> Int64s:
        """Return a customer for each number of customers who are there."""
        share = rng.random(len(here)) * self.weights[here - 1]
        return np.minimum(pick_cumulative(share, self.weights), here - 1)


CUSTOMERS = 470
"""Known customers at scale 1. Some never buy: about 280 do, a twentieth of Online Retail II's."""

START_SHARE = 0.18
"""Online Retail II: share of the customers that buy in the first month."""
PLANTED_SHORT_LIVED_SHARE = 0.35
"""Customers who soon leave for good, as a model of their lifetime must find; chosen."""
ORDERS_LOG_SD = 1.15
"""Online Retail II: orders of a customer have median 3 and mean 6.3."""
TWO_COUNTRIES_SHARE = 13 / 5_943
_DRAWS = 6
_FIRST_ID = 12_346
_LEAST_RANGE = 5_942


def customers(scale: float, seed: int) -> Customers:
    """Return the customers of a file of this scale; at least 20."""
    count = max(20, round(CUSTOMERS * scale))
    rng = generator(seed, "online_retail", "customers")
    country = COUNTRIES.draw(rng, count)
    # The first of every country's list must not depend on luck at small scales.
    known = min(count // 12, len(COUNTRIES.names) - 1)
    country[np.arange(1, known + 1) * (count // (known + 1)) % count] = np.arange(1, known + 1)
    segments = np.array(list(PLANTED_SEGMENTS.values()))
    _, more_orders, lines = segments[pick(rng, segments[:, 0], count)].T
    orders = more_orders * np.exp(rng.normal(0.0, ORDERS_LOG_SD, count))
    is_short_lived = rng.random(count) < PLANTED_SHORT_LIVED_SHARE
    life = np.where(is_short_lived, rng.exponential(0.12, count), 2.0)
    # Two countries: some that buy much and stay, so that both are seen.
    two = np.argsort(-orders * ~is_short_lived, kind="stable")[
        4 : 7 + round(count * TWO_COUNTRIES_SHARE)
    ]
    other = country.copy()
    other[two] = np.where(country[two] == EIRE, UNITED_KINGDOM, EIRE)
    joined = np.clip((np.arange(count) / count - START_SHARE) / (1 - START_SHARE), 0, 1) ** 1.25
    span = max(_LEAST_RANGE, count)
    return Customers(
        ids=_FIRST_ID + rng.permutation(span)[:count].astype(np.int64),
        country=country,
        other_country=other,
        weights=np.cumsum(orders),
        lines=lines,
        joined=joined,
        left=joined + life,
    )
