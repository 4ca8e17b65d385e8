"""Who the buyers are."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lakehouse.report.drawing import bars, heat_map
from lakehouse.report.gold import ShopGold, names
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import amount, count, counted, listed

if TYPE_CHECKING:
    import plotly.graph_objects as go

# The dimensions, and what they are called; those of both columns have one chart, not three.
DIMENSIONS = {
    "age_band": "age",
    "gender": "gender",
    "gender_age_band": "gender and age",
    "loyalty_tier": "loyalty",
    "traffic_source": "source",
    "country": "country",
    "state": "state",
    "city": "city",
}
PLACES = ("country", "state", "city")
BEST_OF_EACH = 5


@dataclass(frozen=True)
class Buyers:
    """The buyers of one group (`rpt_demographics`)."""

    dimension: str
    bucket: str
    customer_count: int
    order_count: int
    net_amount: Decimal
    revenue_per_customer: Decimal | None
    revenue_rank: int


@dataclass(frozen=True)
class Demographics(Section):
    """The groups of each dimension that the shop records, the best first."""

    groups: tuple[Buyers, ...]

    section_id = "demographics"
    title = "Who buys"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Demographics, ...]:
        """The groups."""
        rows = gold.read("rpt_demographics", names(Buyers)).to_pylist()
        order = {dimension: place for place, dimension in enumerate(DIMENSIONS)}
        groups = [Buyers(**row) for row in rows]
        groups.sort(key=lambda g: (order.get(g.dimension, len(order)), g.dimension, g.revenue_rank))
        return (cls(tuple(groups)),) if groups else ()

    def _of(self, dimension: str) -> list[Buyers]:
        return [group for group in self.groups if group.dimension == dimension]

    @property
    def dimensions(self) -> list[str]:
        """Those that the shop records."""
        return list(dict.fromkeys(group.dimension for group in self.groups))

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The best group of each dimension, and those that separate nobody."""
        said, alone = [], []
        for dimension in self.dimensions:
            groups = self._of(dimension)
            if len(groups) == 1:
                alone.append(f"{_called(dimension)} (all {groups[0].bucket})")
            elif dimension != "gender_age_band":
                best = groups[0]
                said.append(
                    f"By {_called(dimension)}, {best.bucket} brings most: "
                    f"{amount(best.net_amount, unit)} by "
                    f"{counted(best.customer_count, 'customer', 'customers')}, "
                    f"{amount(best.revenue_per_customer, unit)} each."
                )
        if alone:
            said.append(f"What separates nobody: {listed(alone)}.")
        return tuple(said)

    def table(self, unit: str) -> TextTable:
        """The best groups of each dimension."""
        return text_table(
            f"The best groups by net sales, {BEST_OF_EACH} of each kind at most",
            [
                {
                    "By": _called(group.dimension),
                    "Group": group.bucket,
                    "Customers": count(group.customer_count),
                    "Orders": count(group.order_count),
                    "Net sales": amount(group.net_amount, unit),
                    "Per customer": amount(group.revenue_per_customer, unit),
                }
                for dimension in self.dimensions
                for group in self._of(dimension)[:BEST_OF_EACH]
            ],
            texts=("Group",),
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """Gender by age as a heat map, bars of the rest; places only if nothing else is known."""
        both = _by_gender_and_age(self._of("gender_age_band"), unit)
        charts = [] if both is None else [both]
        left_out = {*PLACES, "gender_age_band", *(("age_band", "gender") if charts else ())}
        drawn = [d for d in self.dimensions if d not in left_out]
        drawn = drawn or ([] if charts else self.dimensions[:1])
        for dimension in drawn:
            groups = self._of(dimension)[:10]
            if len(groups) > 1:
                title = f"Net sales per customer by {_called(dimension)} ({unit})"
                spent = [float(group.revenue_per_customer or 0) for group in groups]
                charts.append(bars(title, [g.bucket for g in groups], spent, ",.2f"))
        return tuple(charts)


def _called(dimension: str) -> str:
    return DIMENSIONS.get(dimension, dimension.replace("_", " "))


def _by_gender_and_age(groups: list[Buyers], unit: str) -> go.Figure | None:
    """A cell for each bucket `gender, age band`; whose gender or age is not known has none."""
    known = [g for g in groups if ", " in g.bucket]
    spent = {tuple(g.bucket.rsplit(", ", 1)): float(g.revenue_per_customer or 0) for g in known}
    genders = sorted({gender for gender, _ in spent})
    ages = sorted({age for _, age in spent}, key=lambda age: (age != "<18", age))
    if len(spent) < 2:
        return None
    return heat_map(
        f"Net sales per customer by gender and age ({unit})",
        genders,
        ages,
        [[spent.get((gender, age)) for age in ages] for gender in genders],
        ",.0f",
    )
