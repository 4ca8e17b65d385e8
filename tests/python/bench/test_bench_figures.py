"""Figures of benchmarks as a table that a document can hold."""

import pytest

from bench.figures import Aim, Figure, markdown_table


def test_figures_become_rows_of_a_table_in_their_order() -> None:
    slow = Figure("load", 12_345.6, "rows/s", "a | b", 0.912, "python -m bench.ingest")
    alone = Figure("start", 9.876, "s", None, None, "python -m bench.small_files")

    lines = markdown_table([slow, alone]).splitlines()

    assert lines[2:] == [
        r"| load | 12,346 rows/s | a \| b | 0.91 |  | `python -m bench.ingest` |",
        "| start | 9.9 s |  |  |  | `python -m bench.small_files` |",
    ]
    assert {line.count(" | ") for line in lines[:2]} == {5}


def test_a_small_figure_keeps_its_digits() -> None:
    assert "| 0.012 s |" in markdown_table([Figure("x", 0.0123, "s", None, None, "x")])


@pytest.mark.parametrize(
    ("aim", "verdict"),
    [
        (Aim(120), "at most 120: met"),
        (Aim(119), "at most 119: **missed**"),
        (Aim(1.5, of_ratio=True), "ratio at most 1.5: **missed**"),
        (Aim(0.9, at_least=True, of_ratio=True), "ratio at least 0.9: met"),
        (Aim(121, at_least=True), "at least 121: **missed**"),
    ],
)
def test_a_figure_says_whether_it_is_what_it_should_be(aim: Aim, verdict: str) -> None:
    figure = Figure("build", 120.0, "s", "the script", 1.6, "x", aim)

    assert f"| {verdict} |" in markdown_table([figure])


def test_an_aim_of_a_ratio_needs_one() -> None:
    with pytest.raises(ValueError, match="has none"):
        markdown_table([Figure("build", 120.0, "s", None, None, "x", Aim(1, of_ratio=True))])
