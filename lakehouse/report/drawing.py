"""How charts are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

MAIN = "#1f5fa8"
ACCENT = "#c2571a"
PALE = "#9aa7b4"
GRID = "#e3e7ec"
INK = "#1d2733"
LABEL_LENGTH = 42
BAR_HEIGHT = 30


def label(text: str) -> str:
    """A label that fits, and in which nothing is markup to the chart."""
    short = text if len(text) <= LABEL_LENGTH else f"{text[: LABEL_LENGTH - 1].rstrip()}…"
    return escape(short, quote=False)


def new_figure(title: str, height: int, **layout: Any) -> go.Figure:
    """An empty figure in the house style."""
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.update_layout(
        title={"text": title, "font": {"size": 15}, "x": 0, "xref": "container", "xanchor": "left"},
        height=height,
        margin={"l": 8, "r": 24, "t": 48, "b": 40},
        font={"family": "system-ui, sans-serif", "size": 13, "color": INK},
        plot_bgcolor="white",
        paper_bgcolor="white",
        showlegend=False,
        bargap=0.3,
        **layout,
    )
    figure.update_xaxes(automargin=True, gridcolor=GRID, zerolinecolor=PALE, fixedrange=True)
    figure.update_yaxes(automargin=True, gridcolor=GRID, zerolinecolor=PALE, fixedrange=True)
    figure.update_yaxes(ticks="outside", ticklen=6, tickcolor="white")
    return figure


def bars(
    title: str,
    names: Sequence[str],
    values: Sequence[float],
    value_format: str = ",.0f",
    colors: Sequence[str] | str = MAIN,
) -> go.Figure:
    """Horizontal bars, the first on top, each with its value."""
    figure = new_figure(title, 90 + BAR_HEIGHT * len(names))
    places = list(range(len(names)))
    figure.add_bar(
        x=list(values),
        y=places,
        orientation="h",
        marker={"color": colors},
        text=[format(value, value_format) for value in values],
        textposition="outside",
        cliponaxis=False,
        hovertext=[escape(name, quote=False) for name in names],
        hoverinfo="text+x",
    )
    # Places, not names, are the axis: two products may share a name.
    figure.update_yaxes(
        tickmode="array",
        tickvals=places,
        ticktext=[label(name) for name in names],
        autorange="reversed",
        showgrid=False,
        zeroline=False,
    )
    low, high = min([0.0, *values]), max([0.0, *values])
    room = (high - low) * 0.12
    figure.update_xaxes(
        range=[low - (room if low < 0 else 0), high + room],
        tickformat=value_format.replace(".1%", ".0%") if "%" in value_format else "~s",
        nticks=6,
    )
    return figure
