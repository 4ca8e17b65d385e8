"""What a segment is called and said to be: it follows from its customers' means, nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lakehouse.errors import LakehouseError

LOYAL, OCCASIONAL = "High-Value Loyal", "High-Value Occasional"
FREQUENT, LOW, AVERAGE = "Frequent Low-Value", "Low-Engagement", "Average"


@dataclass(frozen=True)
class Profile:
    """The customers of a segment, or of a whole shop, in figures.

    Attributes:
        customer_count: how many they are.
        mean_order_count: orders of a customer.
        mean_spent: net amount of a customer.
        mean_order_value: of their customers' average orders.
        mean_profit: profit of a customer; None where the shop has no costs.
        mean_margin: of their customers' margins; None where the shop has no costs.
    """

    customer_count: int
    mean_order_count: float
    mean_spent: float
    mean_order_value: float
    mean_profit: float | None = None
    mean_margin: float | None = None

    @property
    def spent(self) -> float:
        """The net amount of all of them."""
        return self.customer_count * self.mean_spent


def name(segment: Profile, shop: Profile, band: float) -> str:
    """The name of a segment by its means against the shop's.

    Args:
        segment: to name.
        shop: all customers.
        band: how far from the shop's mean is still average, e.g. 0.2.
    """
    orders = segment.mean_order_count / shop.mean_order_count
    spent = segment.mean_spent / shop.mean_spent
    if spent > 1 + band:
        return LOYAL if orders > 1 + band else OCCASIONAL
    if orders > 1 + band:
        return FREQUENT
    return LOW if spent < 1 - band else AVERAGE


def names(segments: Sequence[Profile], shop: Profile, band: float) -> list[str]:
    """A name for each segment; those that share one are numbered, the highest mean spend first.

    Raises:
        LakehouseError: the shop's customers spent nothing on balance: there is no mean to compare.
    """
    if shop.mean_spent <= 0:
        raise LakehouseError(
            "The customers spent nothing on balance: segments have no mean to be named by."
        )
    plain = [name(segment, shop, band) for segment in segments]
    shared = {text for text, count in Counter(plain).items() if count > 1}
    by_spend = sorted(range(len(plain)), key=lambda i: (-segments[i].mean_spent, i))
    numbers: Counter[str] = Counter()
    for i in by_spend:
        if plain[i] in shared:
            numbers[plain[i]] += 1
            plain[i] = f"{plain[i]} {numbers[plain[i]]}"
    return plain


def describe(segment: Profile, shop: Profile, band: float) -> str:
    """A sentence on a segment, in comparisons with the mean customer of the shop."""
    parts = [
        f"They order {_times(segment.mean_order_count, shop.mean_order_count, band, 'often')}",
        f"spend {_times(segment.mean_spent, shop.mean_spent, band, 'much')}",
        f"an order is worth {segment.mean_order_value:,.2f} (mean {shop.mean_order_value:,.2f})",
    ]
    if segment.mean_margin is not None and shop.mean_margin is not None:
        parts.append(f"the margin is {segment.mean_margin:.0%} (mean {shop.mean_margin:.0%})")
    return (
        f"{segment.customer_count / shop.customer_count:.1%} of customers, "
        f"{segment.spent / shop.spent:.1%} of sales. {parts[0]} and {parts[1]} as the mean "
        f"customer; {'; '.join(parts[2:])}."
    )


def _times(value: float, mean: float, band: float, adverb: str) -> str:
    ratio = value / mean
    return f"about as {adverb}" if abs(ratio - 1) <= band else f"{ratio:.1f} times as {adverb}"
