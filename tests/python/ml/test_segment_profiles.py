"""A segment's name and description follow from its means against the shop's."""

from __future__ import annotations

import pytest

from lakehouse.errors import LakehouseError
from ml.segments.profiles import Profile, describe, name, names

SHOP = Profile(1_000, 2.0, 100.0, 50.0, 20.0, 0.2)


def segment(orders: float, spent: float, count: int = 100) -> Profile:
    """A segment with these means."""
    return Profile(count, orders, spent, spent / orders)


@pytest.mark.parametrize(
    ("orders", "spent", "expected"),
    [
        (2.5, 121, "High-Value Loyal"),
        (2.4, 121, "High-Value Occasional"),
        (2.5, 120, "Frequent Low-Value"),
        (2.4, 79, "Low-Engagement"),
        (2.4, 80, "Average"),
        (1.0, 120, "Average"),
    ],
)
def test_a_fifth_from_the_mean_is_average(orders: float, spent: float, expected: str) -> None:
    assert name(segment(orders, spent), SHOP, 0.2) == expected


def test_names_that_segments_share_are_numbered_by_spend() -> None:
    segments = [segment(1, 20), segment(1, 50), segment(4, 400), segment(1, 35)]
    assert names(segments, SHOP, 0.2) == [
        "Low-Engagement 3",
        "Low-Engagement 1",
        "High-Value Loyal",
        "Low-Engagement 2",
    ]


def test_a_shop_that_earned_nothing_names_nobody() -> None:
    with pytest.raises(LakehouseError, match="spent nothing on balance"):
        names([segment(1, 1)], segment(1, 0), 0.2)


def test_a_description_says_the_figures() -> None:
    loyal = Profile(150, 6.0, 400.0, 66.67, 100.0, 0.25)
    assert describe(loyal, SHOP, 0.2) == (
        "15.0% of customers, 60.0% of sales. They order 3.0 times as often and spend 4.0 times as "
        "much as the mean customer; an order is worth 66.67 (mean 50.00); the margin is 25% "
        "(mean 20%)."
    )
    assert "about as often and spend about as much" in describe(segment(2.1, 95), SHOP, 0.2)
    assert "margin" not in describe(segment(2.1, 95), SHOP, 0.2)
