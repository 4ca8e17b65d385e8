"""The charts of a report. They show what the tables beside them say; colours only repeat it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from lakehouse.report.facts import Basket, Breakdown, Concentration, Findings, Segment

if TYPE_CHECKING:
    import plotly.graph_objects as go

MAIN = "#1f5fa8"
ACCENT = "#c2571a"
PALE = "#9aa7b4"
GRID = "#e3e7ec"
INK = "#1d2733"
LABEL_LENGTH = 42
BAR_HEIGHT = 30


def charts(findings: Findings) -> dict[str, tuple[go.Figure, ...]]:
    """The figures of each section, by the section's id."""
    unit = findings.shop.currency_code
    found: dict[str, tuple[go.Figure, ...]] = {}
    if findings.concentration:
        concentration = findings.concentration
        found["customers"] = (_top_customers(concentration), _pareto(concentration))
    if len(findings.history) > 1:
        found["history"] = (_history(findings, unit),)
    for breakdown in findings.breakdowns:
        found[breakdown.column] = (_breakdown(breakdown, unit),)
    if findings.products:
        names = [p.label for p in findings.products.top]
        amounts = [float(p.net_amount) for p in findings.products.top]
        found["products"] = (_bars(f"Net sales of the best products ({unit})", names, amounts),)
    if findings.brands:
        names = [b.brand for b in findings.brands.top]
        amounts = [float(b.net_amount) for b in findings.brands.top]
        found["brands"] = (_bars(f"Net sales of the best brands ({unit})", names, amounts),)
    if findings.funnel:
        found["funnel"] = (_funnel(findings),)
    if findings.conversions:
        found["conversion"] = (
            _bars(
                "Purchases per view",
                [c.category_code for c in findings.conversions],
                [c.conversion_rate or 0 for c in findings.conversions],
                ".1%",
            ),
        )
    if findings.prices:
        found["prices"] = (_prices(findings, unit),)
    if findings.clv_segments:
        found["clv"] = (_segments(findings.clv_segments),)
    if findings.rfm_segments:
        found["rfm"] = (_segments(findings.rfm_segments),)
    for basket in findings.baskets:
        found[f"basket-{basket.level}"] = (_basket(basket),)
    return found


def _label(text: str) -> str:
    """A label that fits, and in which nothing is markup to the chart."""
    short = text if len(text) <= LABEL_LENGTH else f"{text[: LABEL_LENGTH - 1].rstrip()}…"
    return escape(short, quote=False)


def _figure(title: str, height: int, **layout: Any) -> go.Figure:
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


def _bars(
    title: str,
    names: Sequence[str],
    values: Sequence[float],
    value_format: str = ",.0f",
    colors: Sequence[str] | str = MAIN,
) -> go.Figure:
    """Horizontal bars, the first on top, each with its value."""
    figure = _figure(title, 90 + BAR_HEIGHT * len(names))
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
        ticktext=[_label(name) for name in names],
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


def _top_customers(found: Concentration) -> go.Figure:
    """The best customers, the rest of the best fifth, and everybody else."""
    parts = [(f"Top {len(found.top)}", found.top_share, ACCENT)]
    counted, share = len(found.top), found.top_share
    if found.pareto_count > counted:
        name = f"Next {found.pareto_count - counted:,}, to the top 20%"
        parts.append((name, found.pareto_share - share, MAIN))
        counted, share = found.pareto_count, found.pareto_share
    if found.customer_count > counted:
        parts.append((f"All {found.customer_count - counted:,} others", 1 - share, PALE))
    return _bars(
        "Net sales to known customers: the best against the rest",
        [name for name, _, _ in parts],
        [part for _, part, _ in parts],
        ".1%",
        [color for _, _, color in parts],
    )


def _pareto(found: Concentration) -> go.Figure:
    figure = _figure("Net sales by part of the customers, best first", 360)
    figure.add_scatter(
        x=[0, *(x for x, _ in found.curve)],
        y=[0, *(y for _, y in found.curve)],
        mode="lines",
        line={"color": MAIN, "width": 3},
        hovertemplate="%{x:.1%} of the customers: %{y:.1%}<extra></extra>",
    )
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": PALE, "width": 1, "dash": "dot"},
        hoverinfo="skip",
    )
    at = found.pareto_count / found.customer_count
    figure.add_scatter(
        x=[at],
        y=[found.pareto_share],
        mode="markers+text",
        marker={"color": ACCENT, "size": 11},
        text=[f"  {at:.0%} of the customers: {found.pareto_share:.1%}"],
        textposition="bottom right" if found.pareto_share > 0.5 else "top right",
        hoverinfo="skip",
    )
    figure.update_xaxes(
        title="Part of the customers", tickformat=".0%", range=[0, 1], constrain="domain"
    )
    figure.update_yaxes(
        title="Part of net sales",
        tickformat=".0%",
        range=[0, max(1.02, max(y for _, y in found.curve) * 1.02)],
    )
    return figure


def _history(findings: Findings, unit: str) -> go.Figure:
    figure = _figure(f"Net sales by month ({unit}), months with missing days in grey", 340)
    months = findings.history
    figure.add_bar(
        x=[month.start.isoformat() for month in months],
        y=[float(month.net_amount) for month in months],
        marker={"color": [MAIN if month.is_complete else PALE for month in months]},
        hovertemplate="%{x|%B %Y}: %{y:,.2f}<extra></extra>",
    )
    figure.update_xaxes(tickformat="%b<br>%Y", showgrid=False, dtick=_month_step(len(months)))
    figure.update_yaxes(tickformat="~s", rangemode="tozero")
    return figure


def _month_step(count: int) -> str:
    """A tick each 1, 2, 3, 6, 12 … months, so that at most 14 stand side by side."""
    steps = (1, 2, 3, 6, 12, 24, 60)
    return f"M{next((step for step in steps if count / step <= 14), 120)}"


def _breakdown(found: Breakdown, unit: str) -> go.Figure:
    names = [group.name for group in found.groups]
    amounts = [float(group.net_amount) for group in found.groups]
    colors = [MAIN] * len(names)
    if found.group_count > len(names):
        names.append(f"{found.group_count - len(found.groups):,} more")
        amounts.append(float(found.rest_amount))
        colors.append(PALE)
    what = "place" if found.column == "location" else found.column
    return _bars(f"Net sales by {what} ({unit})", names, amounts, colors=colors)


def _funnel(findings: Findings) -> go.Figure:
    found = findings.funnel
    assert found is not None
    names = ["Viewed a product", "Filled a cart", "Bought"]
    values = [found.viewed, found.carted, found.purchased]
    figure = _bars("Sessions by the steps they reach", names, values, ",d", [MAIN, MAIN, ACCENT])
    figure.update_traces(text=[f"{value:,} ({value / found.viewed:.1%})" for value in values])
    figure.update_xaxes(range=[0, found.viewed * 1.2])
    return figure


def _prices(findings: Findings, unit: str) -> go.Figure:
    """From the lowest to the highest price, on a scale of ratios; the dot is the average."""
    prices = findings.prices
    figure = _figure(
        f"Lowest, average (dot) and highest price ({unit}, each step ten times the last)",
        90 + BAR_HEIGHT * len(prices),
    )
    for place, price in enumerate(prices):
        figure.add_scatter(
            x=[float(price.min_price), float(price.max_price)],
            y=[place, place],
            mode="lines",
            line={"color": PALE, "width": 6},
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=[float(price.average_price) for price in prices],
        y=list(range(len(prices))),
        mode="markers+text",
        marker={"color": MAIN, "size": 12},
        text=[f"{price.average_price:,.0f}" for price in prices],
        textposition="top center",
        hoverinfo="x",
    )
    figure.update_xaxes(type="log", dtick=1, tickformat=",~r")
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(prices))),
        ticktext=[_label(price.category_code) for price in prices],
        range=[len(prices) - 0.4, -0.7],
        showgrid=False,
        zeroline=False,
    )
    return figure


def _segments(segments: Sequence[Segment]) -> go.Figure:
    """Two bars a segment: its part of the customers, and of the sales."""
    figure = _figure(
        "Segments: part of the customers (grey) and of their net sales (blue)",
        90 + 2 * (BAR_HEIGHT - 8) * len(segments),
        barmode="group",
    )
    names = [_label(segment.name) for segment in segments]
    # Groups are drawn upwards: with the axis reversed, the first stands above.
    for shares, color in (
        ([segment.customer_share for segment in segments], PALE),
        ([segment.amount_share or 0.0 for segment in segments], MAIN),
    ):
        figure.add_bar(
            x=shares,
            y=names,
            orientation="h",
            marker={"color": color},
            text=[f"{share:.1%}" for share in shares],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="y+x",
        )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    largest = max(max(s.customer_share, s.amount_share or 0.0) for s in segments)
    figure.update_xaxes(tickformat=".0%", range=[0, largest * 1.12])
    return figure


def _basket(basket: Basket) -> go.Figure:
    names = [f"{_short(pair.item_a)} + {_short(pair.item_b)}" for pair in basket.pairs]
    lifts = [pair.lift for pair in basket.pairs]
    figure = _bars("Lift: times as often together as by chance (1, dotted)", names, lifts, ".2f")
    figure.update_yaxes(ticktext=[escape(name, quote=False) for name in names])
    figure.add_vline(x=1, line={"color": INK, "width": 1, "dash": "dot"})
    return figure


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23].rstrip()}…"
