"""How charts are drawn."""

from __future__ import annotations

import datetime
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
SHORT_LABEL_LENGTH = 28
BAR_HEIGHT = 30
CELL_HEIGHT = 26
# With more columns, cells are too narrow for their figures.
TOLD_COLUMNS = 14
FEW_COLUMNS = 9
WIDTH_IN_LETTERS = 100
SHADES = [[0, "#f3f7fc"], [0.5, "#7fa8d6"], [1, "#174a85"]]
BOTH_WAYS = [[0, "#a84510"], [0.5, "#f7f7f7"], [1, "#174a85"]]
PALETTE = (
    *(MAIN, ACCENT, "#3b8a57", "#8a5aa8", "#b8902b"),
    *("#3f8fa3", "#a34a5e", "#5d6fb0", "#6d8a3a", "#7a6a58", "#6f7b87"),
)


def label(text: str, length: int = LABEL_LENGTH) -> str:
    """A label that fits, and in which nothing is markup to the chart."""
    short = text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
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
    figure.add_bar(
        x=list(values),
        y=list(range(len(names))),
        orientation="h",
        marker={"color": colors},
        text=[format(value, value_format) for value in values],
        textposition="outside",
        cliponaxis=False,
        hovertext=[escape(name, quote=False) for name in names],
        hoverinfo="text+x",
    )
    places(figure, names)
    low, high = min([0.0, *values]), max([0.0, *values])
    room = (high - low) * 0.12
    figure.update_xaxes(
        range=[low - (room if low < 0 else 0), high + room],
        tickformat=value_format.replace(".1%", ".0%") if "%" in value_format else ticks(high),
        nticks=6,
    )
    if high < 6 and value_format in (",.0f", ",d"):
        # There are no halves of what is counted.
        figure.update_xaxes(dtick=1)
    return figure


def paired_bars(
    title: str, names: Sequence[str], grey: Sequence[float], blue: Sequence[float]
) -> go.Figure:
    """Two bars for each name, the first on top: parts of two wholes."""
    figure = new_figure(title, 90 + 2 * (BAR_HEIGHT - 8) * len(names), barmode="group")
    # Groups are drawn upwards: with the axis reversed, the first stands above.
    for shares, color in ((grey, PALE), (blue, MAIN)):
        figure.add_bar(
            x=list(shares),
            y=list(range(len(names))),
            orientation="h",
            marker={"color": color},
            text=[f"{share:.1%}" for share in shares],
            textposition="outside",
            cliponaxis=False,
            hovertext=[escape(name, quote=False) for name in names],
            hoverinfo="text+x",
        )
    places(figure, names)
    figure.update_yaxes(range=[len(names) - 0.4, -0.6])
    figure.update_xaxes(tickformat=".0%", range=[0, max(*grey, *blue) * 1.12])
    return figure


def stacks(
    title: str, months: Sequence[datetime.date], parts: Sequence[tuple[str, Sequence[int]]]
) -> go.Figure:
    """A bar for each month, from left to right, made of parts: the first at the bottom."""
    figure = new_figure(title, 420, barmode="stack")
    for (part, counts), color in zip(parts, colors_of(len(parts)), strict=True):
        figure.add_bar(
            x=list(range(len(months))),
            y=list(counts),
            name=label(part),
            marker={"color": color, "line": {"color": "white", "width": 0.5}},
            hovertext=[f"{month:%B %Y}, {label(part)}" for month in months],
            hovertemplate="%{hovertext}: %{y:,}<extra></extra>",
        )
    step = 1 + (len(months) - 1) // 14
    figure.update_xaxes(
        tickmode="array",
        tickvals=list(range(0, len(months), step)),
        ticktext=[f"{month:%b<br>%Y}" for month in months[::step]],
        showgrid=False,
        zeroline=False,
    )
    highest = max(map(sum, zip(*(counts for _, counts in parts), strict=True)), default=0)
    figure.update_yaxes(
        tickformat=ticks(highest), rangemode="tozero", **({"dtick": 1} if highest < 6 else {})
    )
    # Named from the top down, as the parts stand.
    figure.update_layout(
        bargap=0.15,
        showlegend=True,
        legend={"traceorder": "reversed", "x": 1.01, "y": 1, "itemclick": False},
    )
    return figure


def ticks(high: float) -> str:
    """How an axis up to that value is written: thousands as 1k, below them no milli."""
    return "~s" if high >= 1000 else ",~r"


def written(value: float, value_format: str) -> str:
    """A value in a chart; `~s` gives two digits or three and a prefix: 1.2k, 12k, 123k, 1.2M."""
    if value_format != "~s":
        return format(value, f"z{value_format}")
    for unit, prefix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        # What would be written as 1,000 of a prefix is 1 of the next.
        if abs(value) >= unit * 0.9995:
            size = value / unit
            return f"{size:.{0 if abs(size) >= 9.95 else 1}f}".removesuffix(".0") + prefix
    return format(value, "z,.0f")


def places(figure: go.Figure, names: Sequence[str], length: int = LABEL_LENGTH) -> go.Figure:
    """Rows named at the left, the first on top. Places are the axis: two may have one name."""
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=[label(name, length) for name in names],
        range=[len(names) - 0.4, -0.6],
        showgrid=False,
        zeroline=False,
    )
    return figure


def heat_map(
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[float | None]],
    value_format: str,
    middle: float | None = None,
    reach: float | None = None,
) -> go.Figure:
    """A cell for each row and column, darker for more; None is a gap.

    With a middle, colours go both ways from it. They are full at the farthest value, or from
    `reach` away on. The format `~s` writes thousands as 1.2k.
    """
    short = max(map(len, columns)) * len(columns) <= WIDTH_IN_LETTERS
    bottom = 40 if short else 110
    figure = new_figure(title, 60 + bottom + CELL_HEIGHT * len(rows))
    figure.update_layout(margin={"b": bottom})
    told = len(columns) <= TOLD_COLUMNS
    known = [value for row in cells for value in row if value is not None]
    center = middle or 0.0
    far = reach or max((abs(value - center) for value in known), default=0.0) or 1.0
    low = center - far if middle is not None else min([0.0, *known])
    figure.add_heatmap(
        z=[list(row) for row in cells],
        x=list(range(len(columns))),
        y=list(range(len(rows))),
        colorscale=SHADES if middle is None else BOTH_WAYS,
        zmin=low,
        zmax=center + far,
        xgap=1,
        ygap=1,
        text=[["" if v is None else written(v, value_format) for v in row] for row in cells],
        texttemplate="%{text}" if told else None,
        textfont={"size": 12 if len(columns) <= FEW_COLUMNS else 11},
        hovertext=[[f"{label(row)}, {label(column)}" for column in columns] for row in rows],
        hovertemplate="%{hovertext}: %{text}<extra></extra>",
        showscale=not told,
        colorbar={"tickformat": value_format, "thickness": 12, "outlinewidth": 0},
    )
    # Many columns need the room, on paper more than anywhere.
    places(figure, rows, LABEL_LENGTH if len(columns) <= FEW_COLUMNS else SHORT_LABEL_LENGTH)
    figure.update_yaxes(range=[len(rows) - 0.5, -0.5])
    step = 1 + len(columns) // 24
    figure.update_xaxes(
        tickmode="array",
        tickvals=list(range(0, len(columns), step)),
        ticktext=[label(name, 24) for name in columns[::step]],
        tickangle=0 if short else -35,
        range=[-0.5, len(columns) - 0.5],
        showgrid=False,
        zeroline=False,
    )
    return figure


def pie(title: str, names: Sequence[str], values: Sequence[float], rest: float) -> go.Figure:
    """A ring, clockwise from the top in the order given; what has no name is grey and last."""
    slices = [*zip(names, values, colors_of(len(names)), strict=True)]
    if rest:
        slices.append(("all others", rest, PALE))
    whole = sum(value for _, value, _ in slices)
    figure = new_figure(title, 400)
    figure.add_pie(
        labels=list(range(len(slices))),
        values=[value for _, value, _ in slices],
        text=[f"{label(name, 28)} {value / whole:.1%}" for name, value, _ in slices],
        textinfo="text",
        textposition="outside",
        hoverinfo="text+value",
        hole=0.5,
        sort=False,
        direction="clockwise",
        automargin=True,
        marker={
            "colors": [color for _, _, color in slices],
            "line": {"color": "white", "width": 1},
        },
    )
    return figure


def treemap(title: str, boxes: Sequence[tuple[str, Sequence[tuple[str, float]]]]) -> go.Figure:
    """Boxes as large as their values, which are above 0, within a box for each group."""
    figure = new_figure(title, 600)
    whole = sum(value for _, parts in boxes for _, value in parts)
    ids, parents, texts, values, colors = [], [], [], [], []
    for group, ((name, parts), color) in enumerate(zip(boxes, colors_of(len(boxes)), strict=True)):
        of_group = sum(value for _, value in parts)
        for n, (box, value) in enumerate([(name, of_group), *parts]):
            ids.append(f"{group}.{n}")
            parents.append(f"{group}.0" if n else "")
            # A group has one line at the top of its box, a part as many as it needs.
            texts.append(f"{label(box, 28 if n else 19)}{'<br>' if n else ' '}{value / whole:.1%}")
            # A group's box has what its parts have: nothing is left to sum otherwise.
            values.append(value if n else 0)
            colors.append(color)
    figure.add_treemap(
        ids=ids,
        labels=texts,
        parents=parents,
        values=values,
        branchvalues="remainder",
        textinfo="label",
        hoverinfo="label",
        marker={"colors": colors, "pad": {"t": 24, "l": 3, "r": 3, "b": 3}},
        textfont={"color": "white", "size": 13},
        pathbar={"visible": False},
        tiling={"pad": 2},
    )
    # What does not fit legibly is told by pointing at it.
    figure.update_layout(
        margin={"l": 0, "r": 0, "b": 8}, uniformtext={"minsize": 10, "mode": "hide"}
    )
    return figure


def waterfall(
    title: str, start: tuple[str, float], steps: Sequence[tuple[str, float]], end: tuple[str, float]
) -> go.Figure:
    """From an amount to another by what was added (blue) and taken away (orange)."""
    names = [start[0], *(name for name, _ in steps), end[0]]
    values = [start[1], *(value for _, value in steps), end[1]]
    figure = new_figure(title, 90 + BAR_HEIGHT * len(names))
    figure.add_waterfall(
        x=values,
        y=list(range(len(names))),
        orientation="h",
        measure=["absolute", *(["relative"] * len(steps)), "absolute"],
        hoverinfo="skip",
        connector={"line": {"color": PALE, "width": 1}},
        increasing={"marker": {"color": MAIN}},
        decreasing={"marker": {"color": ACCENT}},
        totals={"marker": {"color": PALE}},
    )
    level, right = start[1], [max(start[1], 0.0)]
    for _, value in steps:
        right.append(max(level, level + value))
        level += value
    right.append(max(end[1], 0.0))
    # Texts stand at the right of the bars, where no name of a row is.
    signs = ["", *(["+"] * len(steps)), ""]
    figure.add_scatter(
        x=right,
        y=list(range(len(names))),
        mode="text",
        text=[f" {value:{sign}z,.0f}" for value, sign in zip(values, signs, strict=True)],
        textposition="middle right",
        cliponaxis=False,
        hoverinfo="skip",
    )
    low = min([0.0, *(r - abs(v) for r, v in zip(right, values, strict=True))])
    room = (max(right) - low) * 0.14
    figure.update_xaxes(
        range=[low - (room if low < 0 else 0), max(right) + room],
        tickformat=ticks(max(right)),
        nticks=6,
    )
    return places(figure, names)


def intervals(
    title: str,
    names: Sequence[str],
    values: Sequence[float],
    ends: Sequence[tuple[float, float]],
    value_format: str,
) -> go.Figure:
    """A dot for each value, on a line from the lower to the upper end of its interval."""
    figure = new_figure(title, 90 + BAR_HEIGHT * len(names))
    for place, (low, high) in enumerate(ends):
        figure.add_scatter(
            x=[low, high],
            y=[place, place],
            mode="lines",
            line={"color": PALE, "width": 6},
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=list(values),
        y=list(range(len(names))),
        mode="markers",
        marker={"color": MAIN, "size": 12},
        hovertext=[
            f"{label(name)}: {value:{value_format}} ({low:{value_format}} to {high:{value_format}})"
            for name, value, (low, high) in zip(names, values, ends, strict=True)
        ],
        hoverinfo="text",
    )
    figure.update_xaxes(tickformat=value_format, zeroline=True, nticks=8)
    return places(figure, names)


def colors_of(count: int) -> list[str]:
    """Colours for things without an order; more than there are begin again."""
    return [PALETTE[n % len(PALETTE)] for n in range(count)]
