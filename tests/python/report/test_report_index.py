"""The pages of all shops, and the index that leads to them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lakehouse.cli import app
from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.report import find, render_page, write_pages
from lakehouse.report.index import INDEX
from tests.python.gold_tables import write_gold
from tests.python.report.shops_gold import BARE, FULL, TABLES
from tests.python.report.test_report_page import Page

EMPTY = {
    "shop_id": "empty",
    "order_count": 0,
    "customer_count": 0,
    "unit_count": 0,
    "gross_amount": Decimal(0),
    "returned_amount": Decimal(0),
    "net_amount": Decimal(0),
    "set_aside_amount": Decimal(0),
}


@pytest.fixture(scope="module")
def pages(gold_lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages") / "reports"
    written = list(write_pages(gold_lake, folder))
    assert written == [folder / name for name in (f"{BARE}.html", f"{FULL}.html", INDEX)]
    assert sorted(folder.iterdir()) == sorted(written)
    return folder


def _read(path: Path) -> tuple[str, Page]:
    html = path.read_text(encoding="utf-8")
    return html, Page(html)


def test_every_shop_has_its_page_and_a_way_back(gold_lake: Lake, pages: Path) -> None:
    for shop_id in (BARE, FULL):
        html, page = _read(pages / f"{shop_id}.html")
        assert html == render_page(find(gold_lake, shop_id), INDEX)
        assert page.loads == [f"a href={INDEX}"]


def test_the_index_leads_to_files_beside_it_and_loads_nothing(pages: Path) -> None:
    html, page = _read(pages / INDEX)
    assert "default-src 'none'" in html
    assert "script-src" not in html
    assert page.scripts == []
    links = {load.removeprefix("a href=") for load in page.loads}
    assert all(load.startswith("a href=") for load in page.loads)
    ids = {shop_id: _read(pages / f"{shop_id}.html")[1].ids for shop_id in (BARE, FULL)}
    for link in links:
        name, _, anchor = link.partition("#")
        assert (pages / name).is_file()
        assert not anchor or anchor in ids[name.removesuffix(".html")]
    assert {link for link in links if "#" not in link} == {f"{BARE}.html", f"{FULL}.html"}


def test_headline_figures_stand_side_by_side(gold_lake: Lake, pages: Path) -> None:
    html, page = _read(pages / INDEX)
    for shop_id, unit in ((BARE, "GBP"), (FULL, "EUR")):
        for label, figure in find(gold_lake, shop_id).kpis.told(unit):
            assert label in page.texts
            assert figure in page.texts
    # The bare shop has no sessions, nor any section.
    first = html.index(">Sessions<")
    assert html[first : html.index("</tr>", first)].count('class="number">-</td>') == 1


def test_sections_are_in_the_order_of_the_report(gold_lake: Lake, pages: Path) -> None:
    _, page = _read(pages / INDEX)
    titles = [section.title for section in find(gold_lake, FULL).sections]
    assert [text for text in page.texts if text in titles] == titles


def test_a_shop_without_data_has_no_page(lake: Lake, tmp_path: Path) -> None:
    shop = {"shop_id": "empty", "name": "Empty & Sons", "currency_code": "EUR"}
    write_gold(lake, "dim_shops", [*TABLES["dim_shops"], shop | {"has_order_dates": True}])
    write_gold(lake, "rpt_kpis", [*TABLES["rpt_kpis"], EMPTY])
    written = [path.name for path in write_pages(lake, tmp_path)]
    assert written == [f"{BARE}.html", f"{FULL}.html", INDEX]
    html, _ = _read(tmp_path / INDEX)
    assert "Nothing is loaded of: Empty &amp; Sons." in html


def test_before_a_build_there_is_no_index(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(LakehouseError, match="lakehouse build"):
        list(write_pages(lake, tmp_path))
    assert not list(tmp_path.glob("*.html"))


@pytest.mark.parametrize("shop_id", [None, BARE])
def test_the_command_writes_one_page_or_all(
    gold_lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shop_id: str | None
) -> None:
    monkeypatch.setenv("LAKE_ROOT", str(gold_lake.root))
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["report", *([shop_id] if shop_id else [])])
    assert result.exit_code == 0, result.output
    names = [f"{BARE}.html"] if shop_id else [f"{BARE}.html", f"{FULL}.html", INDEX]
    assert sorted(path.name for path in Path("reports").iterdir()) == sorted(names)
    for name in names:
        assert f"Wrote reports/{name}" in result.output
