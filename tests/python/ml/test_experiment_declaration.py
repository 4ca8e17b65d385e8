"""Declarations: what they refuse, and that they are read as they were written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from lakehouse.errors import LakehouseError
from ml.experiments.declaration import read_experiment, write_experiment
from tests.python.ml.experiment_data import experiment

YAML = """\
name: als_against_popular
salt: again
unit: customer
variants:
  - {name: control, strategy: popular, weight: 3}
  - {name: als, strategy: als, weight: 1}
metric: {kind: conversion, baseline_rate: 0.05}
outcome_days: 14
minimum_lift: 0.1
spending: pocock
"""


def test_a_file_says_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "experiment.yml"
    path.write_text(YAML)
    declared = read_experiment(path)
    assert declared.shares == (0.75, 0.25)
    assert declared.control.strategy == "popular"
    assert [variant.name for variant in declared.treatments] == ["als"]
    assert declared.target == pytest.approx(0.055)
    assert (declared.alpha, declared.power, declared.looks) == (0.05, 0.8, 5)


@pytest.mark.parametrize("name", ["experiment.yml", "folder/experiment.json"])
def test_what_is_written_is_read_again(tmp_path: Path, name: str) -> None:
    declared = experiment(alpha=1e-5, covariate_days=30, covariate_correlation=0.4)
    write_experiment(declared, tmp_path / name)
    assert read_experiment(tmp_path / name) == declared


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": "ALS/popular"}, "name"),
        ({"salt": "a/b"}, "salt"),
        ({"variants": [{"name": "control", "strategy": "popular"}]}, "variants"),
        ({"variants": [{"name": "a", "strategy": "x"}] * 2}, "a is there twice"),
        (
            {"variants": [{"name": n, "strategy": n, "weight": 0} for n in ("a", "b")]},
            r"variants\[0\]\.weight",
        ),
        ({"metric": {"kind": "median"}}, "metric"),
        ({"metric": {"kind": "conversion", "baseline_rate": 1.2}}, "baseline_rate"),
        (
            {"metric": {"kind": "conversion", "baseline_rate": 0.9}},
            "a rate of 1.125, more than all",
        ),
        ({"outcome_days": 0}, "outcome_days"),
        ({"covariate_correlation": 0.5}, "needs covariate_days"),
        ({"alpha": 0}, "alpha"),
        ({"power": 0.3}, "power"),
        ({"minimum_lift": 0}, "minimum_lift"),
        ({"minimum_lift": float("inf")}, "minimum_lift"),
        ({"looks": 0}, "looks"),
        ({"spending": "all_at_once"}, "spending"),
        ({"color": "red"}, "color: unknown key"),
    ],
)
def test_what_makes_no_experiment_is_named(
    tmp_path: Path, changes: dict[str, Any], fault: str
) -> None:
    path = tmp_path / "experiment.yml"
    content = experiment().model_dump(mode="json") | changes
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(LakehouseError, match=fault):
        read_experiment(path)


def test_a_declaration_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        experiment().__setattr__("looks", 7)
