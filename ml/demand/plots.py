"""Forecast against actual, week by week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ml.demand.backtest import Backtest
from ml.demand.intervals import Calibration
from ml.demand.series import DAYS_IN_WEEK, Series, weekly

if TYPE_CHECKING:
    import plotly.graph_objects as go


def forecast_figure(
    series: Series, origins: Sequence[int], past: Backtest, calibration: Calibration
) -> go.Figure:
    """The largest item of a level, and what was forecast of it from each origin, with intervals."""
    import plotly.graph_objects as go

    largest = int(series.units.sum(axis=1).argmax())
    figure = go.Figure()
    weeks = weekly(series.units[largest])
    first = series.day_count - len(weeks) * DAYS_IN_WEEK
    days = [series.day(first + week * DAYS_IN_WEEK) for week in range(len(weeks))]
    figure.add_scatter(x=days, y=weeks, name="actual", line={"color": "black"})
    expected = weekly(past.expected)
    lower, upper = calibration.bounds(expected, past.scales["week"], "week")
    for place, origin in enumerate(origins):
        ahead = [series.day(origin + n * DAYS_IN_WEEK) for n in range(expected.shape[2])]
        band = [*upper[place, largest], *lower[place, largest][::-1]]
        figure.add_scatter(
            x=[*ahead, *ahead[::-1]],
            y=band,
            fill="toself",
            opacity=0.2,
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
        )
        figure.add_scatter(x=ahead, y=expected[place, largest], name=f"from {ahead[0]}")
    figure.update_layout(
        title=f"{series.level} {series.items[largest]}: units a week, forecast and actual",
        yaxis_title="units",
    )
    return figure
