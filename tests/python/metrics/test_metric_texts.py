"""Figures are written with all their digits, and shown without more than one wants to read."""

from __future__ import annotations

import csv
import datetime
import io
import json
from decimal import Decimal

from rich.console import Console

from lakehouse.metrics import Answer, Query, read_declarations
from lakehouse.metrics.shown import LIST_COLUMNS, listed, print_answer, print_metrics, written

COLUMNS = ("shop_id", "day", "is_robot", "brand", "amount", "rate", "count")
ROWS = [
    (
        *("a", datetime.date(2024, 2, 29), True, 'say "hi",\n[bold]Ü[/bold]'),
        *(Decimal("1234567890123456789.0100"), 0.1, 9_007_199_254_740_993),
    ),
    ("a", None, False, "", Decimal("0E-4"), 1e-05, 0),
    ("b", None, None, None, None, None, None),
]


def test_csv_keeps_all_digits_and_nulls_apart_from_empty_texts() -> None:
    text = written("csv", COLUMNS, ROWS)
    assert text.splitlines()[-2:] == ['"a",,false,"",0.0000,1e-05,0', '"b",,,,,,']
    [names, first, *_] = csv.reader(io.StringIO(text))
    assert tuple(names) == COLUMNS
    assert first == [
        *("a", "2024-02-29", "true", 'say "hi",\n[bold]Ü[/bold]'),
        *("1234567890123456789.0100", "0.1", "9007199254740993"),
    ]


def test_json_keeps_all_digits_and_nulls() -> None:
    text = written("json", COLUMNS, ROWS)
    first, second, third = json.loads(text, parse_float=Decimal)
    assert first == dict(zip(COLUMNS, ROWS[0], strict=True)) | {
        "day": "2024-02-29",
        "rate": Decimal("0.1"),
    }
    assert second["brand"] == ""
    assert set(third.values()) == {"b", None}
    assert json.loads(written("json", COLUMNS, [])) == []


def test_a_table_is_rounded_and_takes_no_text_for_markup() -> None:
    screen = io.StringIO()
    query = Query("", COLUMNS[:4], COLUMNS[4:], ())
    print_answer(Answer(query, ROWS), Console(file=screen, width=200))
    said = screen.getvalue()
    assert "[bold]Ü[/bold]" in said
    assert "1,234,567,890,123,456,789.01" in said
    assert "0.1000" in said
    assert "9,007,199,254,740,993" in said


def test_the_list_has_every_metric_with_its_texts_and_dimensions() -> None:
    declarations = read_declarations()
    screen = io.StringIO()
    print_metrics(declarations, Console(file=screen, width=200))
    said = screen.getvalue()
    rows = json.loads(written("json", LIST_COLUMNS, listed(declarations)))
    assert [row["name"] for row in rows] == list(declarations.metrics)
    for row in rows:
        assert row["label"] in said
        assert row["description"] in said
    assert "traffic_source" in next(r for r in rows if r["name"] == "session_count")["dimensions"]
    assert '"order_count","Orders",' in written("csv", LIST_COLUMNS, listed(declarations))
