"""All that the report says of a shop, found in gold."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.reading import table_state
from lakehouse.report.gold import ShopGold
from lakehouse.report.headlines import Kpis
from lakehouse.report.section import Section
from lakehouse.report.sections import SECTIONS
from lakehouse.shops import Shop, find_shop


@dataclass(frozen=True)
class Findings:
    """What gold says of a shop.

    Attributes:
        as_of: when the headline figures were built (UTC).
        sections: those that the shop's data fill, in the order of the report.
        not_built: gold tables that this lake does not have.
    """

    shop: Shop
    as_of: datetime.datetime
    kpis: Kpis
    sections: tuple[Section, ...]
    not_built: tuple[str, ...]


def find(lake: Lake, shop_id: str) -> Findings:
    """What gold says of a shop.

    Raises:
        LakehouseError: an unknown shop, or a lake whose gold is not built.
    """
    if not (lake.has_table("gold", "dim_shops") and lake.has_table("gold", "rpt_kpis")):
        raise LakehouseError(f"Nothing is built in the lake {lake.root}. Run: lakehouse build")
    gold = ShopGold(lake, shop_id)
    return Findings(
        shop=find_shop(lake, shop_id),
        as_of=table_state(lake, "gold", "rpt_kpis").changed_at,
        kpis=Kpis.find(gold),
        sections=tuple(section for kind in SECTIONS for section in kind.find(gold)),
        not_built=tuple(gold.not_built),
    )
