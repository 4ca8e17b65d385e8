"""Reads the declared metrics, and knows which of them may be grouped by what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml
from pydantic import ValidationError

from lakehouse.errors import LakehouseError
from lakehouse.metrics.model import (
    DAY_OF_FIGURE,
    SHOP,
    SHOP_ID,
    DeclarationFile,
    Dimension,
    Grain,
    Measure,
    Metric,
    SemanticModel,
    SimpleMetric,
)
from lakehouse.session import PROJECT_DIR

DECLARED = PROJECT_DIR / "models" / "metrics"
# Columns of the SQL that no declaration may be named after.
RESERVED = (SHOP_ID, DAY_OF_FIGURE, *Grain)


class DeclarationError(LakehouseError):
    """A declaration that cannot be answered: which file or name, and why."""


@dataclass(frozen=True)
class Place:
    """Where a semantic model finds a dimension.

    Attributes:
        model: that has the dimension.
        entity: over which it is joined; None where the dimension is the asking model's own.
    """

    model: SemanticModel
    dimension: Dimension
    entity: str | None


@dataclass(frozen=True)
class Declarations:
    """All semantic models and metrics, in the order of their files.

    Raises:
        DeclarationError: a name stands for two things, or for nothing; a metric made from itself;
            a measure without a shop.
    """

    models: tuple[SemanticModel, ...]
    metrics: dict[str, Metric]

    def __post_init__(self) -> None:
        """Refuses what could not be compiled."""
        dimensions = [d.name for model in self.models for d in model.dimensions]
        measures = [m.name for model in self.models for m in model.measures]
        models = [model.name for model in self.models]
        # Columns of an answer are dimensions and metrics, of totals dimensions and measures.
        of_answers = (*RESERVED, *dimensions, *self.metrics)
        of_totals = (*RESERVED, *dimensions, *measures)
        for names in (of_answers, of_totals, models):
            for name, count in Counter(names).items():
                if count > 1:
                    raise DeclarationError(f"The name {name} stands for {count} things.")
        for model in self.models:
            self._check_model(model)
        for name in self.metrics:
            self._check_metric(name, ())

    @cached_property
    def dimensions(self) -> dict[str, Dimension]:
        """What figures may be grouped by, times left out: those are grouped by a grain."""
        return {
            dimension.name: dimension
            for model in self.models
            for dimension in model.dimensions
            if dimension.type == "categorical"
        }

    @cached_property
    def times(self) -> set[str]:
        """The names of times."""
        return {d.name for model in self.models for d in model.dimensions if d.type == "time"}

    def measures_of(self, metric: str) -> Iterator[Measure]:
        """The measures that a metric is made from, some perhaps twice."""
        declared = self.metrics[metric]
        if isinstance(declared, SimpleMetric):
            yield self._measures[declared.type_params.measure.name][1]
        for part in declared.inputs:
            yield from self.measures_of(part)

    def model_of(self, measure: Measure) -> SemanticModel:
        """Where a measure is declared."""
        return self._measures[measure.name][0]

    def places(self, model: SemanticModel) -> dict[str, Place]:
        """The dimensions of a model: its own, then those of what its rows belong to."""
        found = {d.name: Place(model, d, None) for d in _categorical(model)}
        for entity in model.entities:
            if entity.type == "foreign":
                for other in self.models:
                    if other.identifies(entity.name):
                        for dimension in _categorical(other):
                            found.setdefault(dimension.name, Place(other, dimension, entity.name))
        return found

    def dimensions_of(self, metrics: Iterable[str]) -> list[str]:
        """What all of the metrics can be grouped by, in the order of declaration."""
        asked = [
            self.places(self.model_of(measure)).keys()
            for metric in metrics
            for measure in self.measures_of(metric)
        ]
        return [name for name in self.dimensions if all(name in places for places in asked)]

    @cached_property
    def _measures(self) -> dict[str, tuple[SemanticModel, Measure]]:
        return {m.name: (model, m) for model in self.models for m in model.measures}

    def _check_model(self, model: SemanticModel) -> None:
        if model.defaults is not None and model.time is None:
            time = model.defaults.agg_time_dimension
            raise DeclarationError(f"Semantic model {model.name} has no time {time}.")
        if model.measures and model.entity(SHOP) is None:
            raise DeclarationError(
                f"Semantic model {model.name} has no entity {SHOP}: every figure is of one shop."
            )
        for entity in model.entities:
            same = [other.name for other in self.models if other.identifies(entity.name)]
            if len(same) > 1:
                raise DeclarationError(
                    f"Entity {entity.name} leads to several semantic models: {', '.join(same)}."
                )

    def _check_metric(self, name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise DeclarationError(f"Metric {name} is made from itself.")
        metric = self.metrics.get(name)
        if metric is None:
            raise DeclarationError(f"Metric {above[-1]}: there is no metric {name}.")
        if isinstance(metric, SimpleMetric):
            measure = metric.type_params.measure.name
            if measure not in self._measures:
                raise DeclarationError(f"Metric {name}: there is no measure {measure}.")
        for part in metric.inputs:
            self._check_metric(part, (*above, name))


def read_declarations(folder: Path = DECLARED) -> Declarations:
    """The declarations of a folder's YAML files.

    Raises:
        DeclarationError: a file that is no YAML, or says what cannot be answered.
    """
    files = [_read(path) for path in sorted(folder.glob("*.yml"))]
    metrics = [metric for file in files for metric in file.metrics]
    _require_unique(metrics)
    return Declarations(
        tuple(model for file in files for model in file.semantic_models),
        {metric.name: metric for metric in metrics},
    )


def _read(path: Path) -> DeclarationFile:
    try:
        return DeclarationFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise DeclarationError(f"{path}: not valid YAML: {error}") from error
    except ValidationError as error:
        problems = [
            f"{path}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}."
            for problem in error.errors()
        ]
        raise DeclarationError("\n".join(problems)) from error


def _require_unique(metrics: Sequence[Metric]) -> None:
    for name, count in Counter(metric.name for metric in metrics).items():
        if count > 1:
            raise DeclarationError(f"Metric {name} is declared {count} times.")


def _categorical(model: SemanticModel) -> Iterator[Dimension]:
    return (dimension for dimension in model.dimensions if dimension.type == "categorical")
