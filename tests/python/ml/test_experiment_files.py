"""Units, exposures and outcomes from CSV: as people save them, and what is wrong with them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lakehouse.errors import LakehouseError
from ml.experiments.files import read_exposures, read_outcomes, read_units, write_assignment
from ml.experiments.record import Exposure
from tests.python.ml.experiment_data import START, experiment, outcome_table

SHOWN = "variant,unit_id,exposed_at,strategy,items\n"


def csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_units_come_once_in_their_order(tmp_path: Path) -> None:
    path = csv(tmp_path, '\ufeffname,unit_id\nx, b \ny,a\nz,"b"\n')
    assert read_units(path) == ["b", "a"]


def test_exposures_have_their_items_in_order(tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        "unit_id,more,variant,exposed_at,strategy,items\n"
        "ann,1,als,2024-05-01,popular,p|q r | s\n"
        '"a,b",2,control,2024-05-01T02:00:00.5+02:00,als,p\n',
    )
    assert read_exposures(path, experiment()) == [
        Exposure("als", "ann", START, "popular", ("p", "q", "r", "s")),
        Exposure("control", "a,b", START.replace(microsecond=500_000), "als", ("p",)),
    ]


def test_outcomes_may_be_nobodys(tmp_path: Path) -> None:
    path = csv(tmp_path, "unit_id,occurred_at,value\nann,2024-05-01 10:30,2.5\n,2024-05-01,-1e1\n")
    moments = [datetime(2024, 5, 1, 10, 30, tzinfo=UTC), START]
    assert read_outcomes(path) == outcome_table(["ann", None], moments, [2.5, -10])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", r"lacks the column variant, unit_id, exposed_at, strategy, items; its header is: em"),
        ("variant,unit_id,items\n", r"lacks the column exposed_at, strategy; its header is: vari"),
        (f"{SHOWN}als,ann,2024-05-01,als,p\nals,,2024-05-01,als,p\n", "row 3, column unit_id: the"),
        (f"{SHOWN}als,ann,2024-05-01,als\n", "row 2, column items: the cell is empty"),
        (f"{SHOWN}als,ann,yesterday,als,p\n", "row 2, column exposed_at: 'yesterday': no moment"),
        (f"{SHOWN}neural,ann,2024-05-01,als,p\n", "row 2, column variant: 'neural': als_against_p"),
        (f"{SHOWN}als,ann,2024-05-01,als,p,q\n", "row 2: more cells than the header has"),
    ],
)
def test_a_fault_of_exposures_has_its_place(tmp_path: Path, text: str, fault: str) -> None:
    path = csv(tmp_path, text)
    with pytest.raises(LakehouseError, match=fault) as raised:
        read_exposures(path, experiment())
    assert str(raised.value).startswith(str(path))


@pytest.mark.parametrize("value", ["much", "nan", "inf", "1,5"])
def test_a_value_is_a_finite_number(tmp_path: Path, value: str) -> None:
    path = csv(tmp_path, f'unit_id,occurred_at,value\nann,2024-05-01,"{value}"\n')
    with pytest.raises(LakehouseError, match=f"row 2, column value: '{value}': no number"):
        read_outcomes(path)


def test_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("unit_id\nJosé\n".encode("latin-1"))
    with pytest.raises(LakehouseError, match="is no CSV file in UTF-8"):
        read_units(path)


def test_an_assignment_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "assigned.csv"
    write_assignment(path, ["a,b", "c"], experiment().variants)
    assert path.read_text(encoding="utf-8") == (
        'unit_id,variant,strategy\n"a,b",control,popular\nc,als,als\n'
    )
    assert read_units(path) == ["a,b", "c"]
