"""How much less sells where it costs more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.report.drawing import INK, intervals
from lakehouse.report.gold import TOP_ROWS, ShopGold, names
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import count, counted, number

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Elasticity:
    """A category and the 95% interval of its elasticity (`rpt_price_elasticity`)."""

    category_code: str
    product_count: int
    elasticity: float
    elasticity_lower: float
    elasticity_upper: float

    @property
    def says_nothing(self) -> bool:
        """Whether the data show no effect of the price."""
        return self.elasticity_lower <= 0 <= self.elasticity_upper


@dataclass(frozen=True)
class Elasticities(Section):
    """The categories that have one, the most sensitive to price first."""

    categories: tuple[Elasticity, ...]

    section_id = "elasticity"
    title = "Price elasticity"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[Elasticities, ...]:
        """The categories with enough products."""
        rows = gold.read("rpt_price_elasticity", names(Elasticity)).to_pylist()
        found = [Elasticity(**row) for row in rows if None not in row.values()]
        found.sort(key=lambda e: (e.elasticity, e.category_code))
        return (cls(tuple(found)),) if found else ()

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The most sensitive category, and where prices make no difference."""
        telling = [category for category in self.categories if not category.says_nothing]
        several = counted(len(self.categories), "category", "categories")
        if not telling:
            return (f"The data show no effect of the price, in {several} with enough products.",)
        first = telling[0]
        sold = "fewer" if first.elasticity < 0 else "more"
        said = [
            f"In {first.category_code}, a product that costs 1% more is bought "
            f"{number(abs(first.elasticity))}% {sold} times by those who view it."
        ]
        if silent := len(self.categories) - len(telling):
            said.append(f"In {count(silent)} of {several} the data show no effect of the price.")
        return tuple(said)

    def table(self, unit: str) -> TextTable:
        """The categories."""
        return text_table(
            "Change of purchases per view, in per cent for each per cent of price; 95% intervals",
            [
                {
                    "Category": e.category_code,
                    "Products": count(e.product_count),
                    "Elasticity": number(e.elasticity),
                    "From": number(e.elasticity_lower),
                    "To": number(e.elasticity_upper),
                }
                for e in self.categories[:TOP_ROWS]
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A dot for each category on its interval, and a line at no effect."""
        shown = self.categories[:TOP_ROWS]
        figure = intervals(
            "Elasticity and its 95% interval; 0 (dotted) is no effect of the price",
            [e.category_code for e in shown],
            [e.elasticity for e in shown],
            [(e.elasticity_lower, e.elasticity_upper) for e in shown],
            ".2f",
        )
        figure.add_vline(x=0, line={"color": INK, "width": 1, "dash": "dot"})
        return (figure,)
