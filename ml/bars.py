"""Candidates side by side, with the intervals of their scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ml.model import Score

if TYPE_CHECKING:
    import plotly.graph_objects as go


def bars(scores: Sequence[Score], part: str, metric: str, title: str) -> go.Figure:
    """One bar per candidate: a metric on a part of the data.

    Args:
        scores: of all candidates, parts and metrics.
        part: e.g. `test`.
        metric: e.g. `ndcg_at_10`.
        title: of the figure.
    """
    import plotly.graph_objects as go

    shown = [score for score in scores if (score.part, score.metric) == (part, metric)]
    bar = go.Bar(
        x=[score.candidate for score in shown],
        y=[score.value for score in shown],
        error_y={
            "array": [0 if s.upper is None else s.upper - s.value for s in shown],
            "arrayminus": [0 if s.lower is None else s.value - s.lower for s in shown],
        },
    )
    return go.Figure(bar, {"yaxis": {"title": metric}, "title": title})
