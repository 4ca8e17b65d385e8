"""Figures of benchmarks as a table that a document can hold."""

from bench.figures import Figure, markdown_table


def test_figures_become_rows_of_a_table_in_their_order() -> None:
    slow = Figure("load", 12_345.6, "rows/s", "a | b", 0.912, "python -m bench.ingest")
    alone = Figure("start", 9.876, "s", None, None, "python -m bench.small_files")

    lines = markdown_table([slow, alone]).splitlines()

    assert lines[2:] == [
        r"| load | 12,346 rows/s | a \| b | 0.91 | `python -m bench.ingest` |",
        "| start | 9.9 s |  |  | `python -m bench.small_files` |",
    ]
    assert {line.count(" | ") for line in lines[:2]} == {4}


def test_a_small_figure_keeps_its_digits() -> None:
    assert "| 0.012 s |" in markdown_table([Figure("x", 0.0123, "s", None, None, "x")])
