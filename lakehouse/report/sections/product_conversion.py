"""Products by their purchases per view, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakehouse.report.drawing import intervals
from lakehouse.report.gold import ShopGold, names, product_label, top
from lakehouse.report.section import Section, TextTable, text_table
from lakehouse.report.text import count, counted, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class ProductConversion:
    """A product and the 95% interval of its rate (`rpt_product_conversion`)."""

    label: str
    view_count: int
    purchase_count: int
    conversion_rate: float
    conversion_lower: float | None
    conversion_upper: float | None


@dataclass(frozen=True)
class ProductConversions(Section):
    """The products that are ranked, the best first."""

    top: tuple[ProductConversion, ...]
    product_count: int
    ranked_count: int

    section_id = "product-conversion"
    title = "Products by conversion"

    @classmethod
    def find(cls, gold: ShopGold) -> tuple[ProductConversions, ...]:
        """The products with a rank."""
        measures = names(ProductConversion)[1:]
        known = ("product_id", "product_name", "brand", "category_code")
        table = gold.read("rpt_product_conversion", (*known, *measures, "conversion_rank"))
        best = tuple(
            ProductConversion(_label(row), **{name: row[name] for name in measures})
            for row in top(table, "conversion_rank")
        )
        if not best:
            return ()
        ranked = table.num_rows - table["conversion_rank"].null_count
        return (cls(best, table.num_rows, ranked),)

    def sentences(self, unit: str) -> tuple[str, ...]:
        """The best product, and how many of the others may be as good."""
        best = self.top[0]
        said = (
            f"Of {counted(self.ranked_count, 'product', 'products')} with enough views, "
            f"{best.label} turns most of them into purchases: {percent(best.conversion_rate)} of "
            f"{count(best.view_count)}"
        )
        if best.conversion_lower is None:
            return (f"{said}.",)
        said += (
            f" (95% sure of {percent(best.conversion_lower)} to {percent(best.conversion_upper)})."
        )
        as_good = sum((p.conversion_upper or 0) > best.conversion_lower for p in self.top[1:])
        if not as_good:
            return (said,)
        others = counted(len(self.top) - 1, "product", "products")
        return (said, f"Its interval overlaps with that of {count(as_good)} of the next {others}.")

    def table(self, unit: str) -> TextTable:
        """The best products."""
        return text_table(
            "Products by purchases per view, those with few views left out; 95% intervals",
            [
                {
                    "Product": p.label,
                    "Views": count(p.view_count),
                    "Purchases": count(p.purchase_count),
                    "Per view": percent(p.conversion_rate),
                    "From": percent(p.conversion_lower),
                    "To": percent(p.conversion_upper),
                }
                for p in self.top
            ],
        )

    def charts(self, unit: str) -> tuple[go.Figure, ...]:
        """A dot for each product, on its interval."""
        rates = [p.conversion_rate for p in self.top]
        ends = [
            (p.conversion_rate, p.conversion_rate)
            if p.conversion_lower is None or p.conversion_upper is None
            else (p.conversion_lower, p.conversion_upper)
            for p in self.top
        ]
        labels = [p.label for p in self.top]
        return (
            intervals("Purchases per view, and their 95% interval", labels, rates, ends, ".1%"),
        )


def _label(row: dict[str, Any]) -> str:
    return product_label({**row, "category": row["category_code"]})
