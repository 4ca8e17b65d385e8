"""The pages of all shops, and an index: their headline figures side by side."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lakehouse.lake import Lake
from lakehouse.report.findings import Findings, find
from lakehouse.report.headlines import Kpis
from lakehouse.report.page import template, write_page
from lakehouse.report.section import Section
from lakehouse.report.sections import SECTIONS
from lakehouse.report.text import NONE
from lakehouse.shops import Shop, read_shops
from lakehouse.whole_file import whole_file

INDEX = "index.html"


@dataclass(frozen=True)
class ShopPage:
    """What the index says of a shop's page.

    Attributes:
        sections: kind, id and title of each section.
    """

    shop: Shop
    as_of: datetime.datetime
    kpis: Kpis
    sections: tuple[tuple[type[Section], str, str], ...]

    @classmethod
    def of(cls, findings: Findings) -> ShopPage:
        """The page of the findings."""
        sections = tuple((type(s), s.section_id, s.title) for s in findings.sections)
        return cls(findings.shop, findings.as_of, findings.kpis, sections)

    @property
    def file_name(self) -> str:
        """Its address, as seen from the index."""
        return f"{self.shop.shop_id}.html"


@dataclass(frozen=True)
class Cell:
    """A text of a shop in a table of the index, and where it leads."""

    shop: str
    text: str
    href: str = ""


@dataclass(frozen=True)
class IndexTable:
    """A table with a column for each shop."""

    table_id: str
    caption: str
    what: str
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def write_pages(lake: Lake, folder: Path) -> Iterator[Path]:
    """Writes the page of each shop that has any data, then the index; each as soon as it is there.

    Raises:
        LakehouseError: a lake whose gold is not built, a folder that cannot be written to.
    """
    pages, left_out = [], []
    for shop in read_shops(lake):
        findings = find(lake, shop.shop_id)
        if not (findings.kpis.order_count or findings.kpis.session_count):
            left_out.append(shop.name)
            continue
        pages.append(ShopPage.of(findings))
        path = folder / pages[-1].file_name
        write_page(findings, path, INDEX)
        yield path
    with whole_file(folder / INDEX) as partial:
        partial.write_text(render_index(pages, left_out), encoding="utf-8")
    yield folder / INDEX


def render_index(pages: list[ShopPage], left_out: list[str]) -> str:
    """The index of some pages; `left_out` are the shops that have none."""
    return template("index.html.jinja").render(
        pages=pages,
        left_out=left_out,
        as_of=max((page.as_of for page in pages), default=datetime.datetime.now(datetime.UTC)),
        tables=(_headlines(pages), _contents(pages)) if pages else (),
    )


def _headlines(pages: list[ShopPage]) -> IndexTable:
    return _table(
        *("headlines", "Headline figures", "Figure"),
        pages,
        lambda page: [(label, text, "") for label, text in page.kpis.told(page.shop.currency_code)],
    )


def _contents(pages: list[ShopPage]) -> IndexTable:
    """Which section is where; what a shop has no data for is a dash."""
    table = _table(
        *("contents", "What each page shows", "Section"),
        pages,
        lambda page: [(title, "see", f"#{name}") for _, name, title in page.sections],
    )
    places = {title: SECTIONS.index(kind) for page in pages for kind, _, title in page.sections}
    return replace(table, rows=tuple(sorted(table.rows, key=lambda row: places[row[0]])))


def _table(
    table_id: str,
    caption: str,
    what: str,
    pages: list[ShopPage],
    entries: Callable[[ShopPage], list[tuple[str, str, str]]],
) -> IndexTable:
    """A row for each name that a page has an entry of: name, text, and anchor."""
    of_pages = [{name: (text, anchor) for name, text, anchor in entries(page)} for page in pages]
    names = dict.fromkeys(name for mine in of_pages for name in mine)
    rows = []
    for name in names:
        cells = []
        for page, mine in zip(pages, of_pages, strict=True):
            text, anchor = mine.get(name, (NONE, ""))
            href = f"{page.file_name}{anchor}" if anchor else ""
            cells.append(Cell(page.shop.name, text, href))
        rows.append((name, tuple(cells)))
    return IndexTable(table_id, caption, what, tuple(rows))
