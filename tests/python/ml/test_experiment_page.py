"""What a report shows: cells and sentences, and the plots against figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ml.experiments.page import cells, lift_figure, print_report, sentences, write_page, z_figure
from ml.experiments.plan import Plan
from ml.experiments.report import Effect, Look, Report, VariantResult, Verdict
from tests.python.ml.experiment_data import START

PLANNED = Plan((200, 200), (0.5, 0.75, 1.0), (2.96, 2.36, 2.01), 1.02, 0.8)
EFFECT = Effect(1.5, (-0.5, 3.5), 0.25, (-0.125, 0.625), 1.456)
REPORT = Report(
    experiment="als_against_popular",
    as_of=START,
    verdict=Verdict.KEEP_GOING,
    text="keep going: the next look is due at 300 analysed units",
    variants=(
        VariantResult("control", "popular <b>", 1200, 100, 6.0, None),
        VariantResult("als", "als", 1100, 110, 7.5, EFFECT),
    ),
    planned_units=400,
    next_look_at=300,
    critical_value=2.9,
    crossover_count=3,
    sample_ratio_p=0.04321,
    variance_reduction=0.333,
    looks=(Look(START, 210, Verdict.KEEP_GOING),),
)
COUNTED = replace(
    REPORT, critical_value=None, crossover_count=0, sample_ratio_p=None, variance_reduction=None
)


def look(number: int, variant: str, **changes: Any) -> dict[str, Any]:
    figures = {"lift": 0.25, "lift_lower": -0.125, "lift_upper": 0.75, "z": 1.0}
    place = {"look": number, "variant": variant, "unit_count": 100 * number + 110}
    return place | {"critical_value": 3.0 - number / 10} | figures | changes


LOOKS = [
    look(1, "als"),
    look(1, "basket", lift=None, lift_lower=None, lift_upper=None),
    look(2, "als", lift=0.5, z=2.0),
    look(2, "basket", z=-2.0),
]


def test_a_variant_is_a_row() -> None:
    control, als = REPORT.variants
    assert cells(control) == ("control", "popular <b>", "1,200", "100", "6.0000", "-", "-", "-")
    compared = ("+1.5000 (-0.5000 to +3.5000)", "+25.0% (-12.5% to +62.5%)", "+1.46")
    assert cells(als)[4:] == ("7.5000", *compared)
    without = replace(als, mean=None, effect=replace(EFFECT, lift=None, lift_interval=None))
    assert cells(without)[4:] == ("-", compared[0], "-", compared[2])


def test_a_verdict_says_what_it_rests_on() -> None:
    assert sentences(REPORT) == [
        "Keep going: the next look is due at 300 analysed units.",
        "210 of 400 planned units are analysed, as of 2024-05-01 00:00 UTC.",
        "Look 1: |z| of 2.90 ends the experiment; intervals hold at all looks together.",
        "Sample ratio: p = 0.043.",
        "3 units saw several variants and are left out.",
        "The covariate explains 33.3% of the variance.",
    ]
    assert sentences(COUNTED)[2:] == ["Sample ratio: too few units to tell."]


def test_the_screen_shows_all_of_it() -> None:
    console = Console(width=160, record=True)
    print_report(REPORT, console)
    told = console.export_text()
    assert told.startswith("als_against_popular: Keep going:")
    for text in (*sentences(REPORT)[1:], *cells(REPORT.variants[0]), *cells(REPORT.variants[1])):
        assert text in told


def test_lifts_stand_at_their_units_with_their_intervals() -> None:
    als, basket = lift_figure(LOOKS).data
    assert (als.name, list(als.x), list(als.y)) == ("als", [210, 310], [0.25, 0.5])
    assert list(als.error_y.array) == [0.5, 0.25]
    assert list(als.error_y.arrayminus) == [0.375, 0.625]
    assert (basket.name, list(basket.x)) == ("basket", [310])
    assert als.marker.color != basket.marker.color


def test_the_boundary_is_what_it_was_and_then_what_is_planned() -> None:
    better, worse, als, basket = z_figure(PLANNED, LOOKS).data
    # Of the plan's looks, at 200, 300 and 400 units, the last is still to come.
    assert list(better.x) == list(worse.x) == [210, 310, 400]
    assert list(better.y) == pytest.approx([2.9, 2.8, 2.01])
    assert list(worse.y) == pytest.approx([-2.9, -2.8, -2.01])
    assert (list(als.x), list(als.y)) == ([210, 310], [1.0, 2.0])
    assert list(basket.y) == [1.0, -2.0]


def test_the_page_has_plots_once_there_was_a_look(tmp_path: Path) -> None:
    page = tmp_path / "reports" / "page.html"
    write_page(REPORT, PLANNED, LOOKS, page)
    text = page.read_text(encoding="utf-8")
    assert "popular &lt;b&gt;" in text
    assert "<p>Sample ratio: p = 0.043.</p>" in text
    assert text.count("<figure>") == 2
    write_page(replace(COUNTED, as_of=START + timedelta(days=1)), PLANNED, [], page)
    text = page.read_text(encoding="utf-8")
    assert "as of 2024-05-02 00:00 UTC" in text
    assert "<figure>" not in text
    assert len(text) < 20_000
