"""The model card: what a model is for, how well it does beside its baselines, and its limits.

After Mitchell et al., Model Cards for Model Reporting, FAT* 2019.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ml.model import Model, Score, Training
from ml.runs import Run, Serves

_SERVING = {
    Serves.MODEL: "The model serves.",
    Serves.BASELINE: "The baseline serves.",
    Serves.NOTHING: "Nothing serves.",
}


def model_card(model: Model[Any], run: Run, training: Training[Any]) -> str:
    """The card of a run, as Markdown."""
    rule = training.parameters.rule
    sections = [
        f"# {model.name}, {run.shop_id}",
        model.purpose,
        f"**{_SERVING[run.serves]}** {run.reason}",
        "## Data",
        _listed(f"`gold.{table}`, version {v}" for table, v in run.feature_versions.items()),
        f"Trained at {run.trained_at:%Y-%m-%d %H:%M} UTC in {run.seconds:.1f} s by "
        f"{run.code_version}, run `{run.run_id}`.",
        "## The rule",
        f"Fixed before training: the model serves if the lower bound of a {rule.confidence:.0%} "
        f"paired bootstrap of its gain in {rule.metric} over {rule.baseline} is above "
        f"{rule.margin:g}, on at least {rule.min_unit_count} units that it never saw.",
        "## Parameters",
        _listed(f"{name}: {value}" for name, value in training.settings.items()),
    ]
    if training.scores:
        sections += ["## Scores", _score_table(training.scores)]
    if training.limits:
        sections += ["## Limits", _listed(training.limits)]
    if training.plots:
        sections += ["## Plots", _listed(f"[{name}]({name}.html)" for name in training.plots)]
    return "\n\n".join(sections) + "\n"


def _listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _score_table(scores: list[Score]) -> str:
    lines = [
        "| part | candidate | metric | value | 95% interval | units |",
        "|---|---|---|--:|---|--:|",
    ]
    for score in scores:
        bounds = "" if score.lower is None else f"{score.lower:.4f} to {score.upper:.4f}"
        units = "" if score.unit_count is None else f"{score.unit_count:,}"
        lines.append(
            f"| {score.part} | {score.candidate} | {score.metric} | {score.value:.4f} | {bounds} "
            f"| {units} |"
        )
    return "\n".join(lines)
