"""What a model is to the commands: features in; a pipeline, a verdict and predictions out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from ml.metrics import Metric
from ml.promotion import Rule, Verdict, interval, judge

if TYPE_CHECKING:
    import plotly.graph_objects as go
    import pyarrow as pa
    from pyspark.ml import PipelineModel
    from pyspark.sql import DataFrame

    from ml.features import Features


class Parameters(BaseModel):
    """What is fixed before training, of one model: its part of `ml/parameters.yml`.

    Attributes:
        rule: by which the model serves, or its baseline.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: Rule


Given = TypeVar("Given", bound=Parameters)


@dataclass(frozen=True)
class Score:
    """How well a candidate did on a part of the data.

    Attributes:
        candidate: the model, a variant of it, or a baseline.
        part: `validation`, `test`, or what else it was measured on.
        metric: e.g. `ndcg_at_10`.
        value: in the metric's unit.
        lower: bound of the 95% bootstrap interval; None where none was drawn.
        upper: bound of it.
        unit_count: customers, orders or series that it rests on.
    """

    candidate: str
    part: str
    metric: str
    value: float
    lower: float | None = None
    upper: float | None = None
    unit_count: int | None = None


@dataclass
class Training(Generic[Given]):
    """What a training finds out; the model fills it in.

    Attributes:
        parameters: those of `ml/parameters.yml`.
        chosen: what tuning chose, e.g. `{"k": 4}`.
        scores: of candidates and baselines.
        plots: by file name without ending.
        limits: sentences for the model card: what not to use the model for.
        pipeline: the fitted MLlib pipeline; None for models of another kind.
        arrays: fitted weights of a model that is no pipeline, by name; none otherwise.
        state: what scoring needs besides, as JSON can hold it.
        verdict: on the test part.
        unjudged: why the baseline serves without a verdict: nothing can judge the model here, and
            the baseline needs no judge.
    """

    parameters: Given
    chosen: dict[str, Any] = field(default_factory=dict)
    scores: list[Score] = field(default_factory=list)
    plots: dict[str, go.Figure] = field(default_factory=dict)
    limits: list[str] = field(default_factory=list)
    pipeline: PipelineModel | None = None
    arrays: dict[str, Any] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)
    verdict: Verdict | None = None
    unjudged: str | None = None

    def score(self, candidate: str, part: str, name: str, metric: Metric) -> None:
        """Notes a metric with its bootstrap interval."""
        import numpy as np

        value = float(metric.scores(np.ones((1, metric.unit_count)))[0])
        lower, upper = interval(metric)
        self.scores.append(Score(candidate, part, name, value, lower, upper, metric.unit_count))

    @property
    def settings(self) -> dict[str, Any]:
        """What was fixed before training but for the rule, and what tuning chose, by name."""
        return self.parameters.model_dump(exclude={"rule"}) | self.chosen

    def judge(self, model: Metric, baseline: Metric) -> Verdict:
        """Decides by the rule which of the two serves; to be called once, on the test part.

        Args:
            model: the metric of the rule, of the model's predictions.
            baseline: that of the baseline's, on the same units in the same order.

        Raises:
            LakehouseError: there are too few units, or all are of one kind.
            ValueError: the test part was read before.
        """
        if self.verdict is not None:
            raise ValueError("the test part is read once")
        self.verdict = judge(self.parameters.rule, model, baseline)
        return self.verdict


@dataclass(frozen=True)
class Serving:
    """What serves a shop: the last training's verdict, loaded.

    Attributes:
        run_id: of that training.
        serves_model: whether the model serves; else its baseline does.
        pipeline: as it was saved; None for models of another kind.
        state: as the training left it.
        arrays: fitted weights, as they were saved; none for models of another kind.
    """

    run_id: str
    serves_model: bool
    pipeline: PipelineModel | None
    state: dict[str, Any]
    arrays: dict[str, Any] = field(default_factory=dict)


class Model(ABC, Generic[Given]):
    """One kind of model; trained and scored by shop.

    Attributes:
        name: as typed after `lakehouse train`.
        purpose: a sentence for the model card.
        features: tables of gold it reads; the shops of the first are those it is trained for.
        outputs: tables of ml it writes; declared in `models/gold/ml/_ml__sources.yml`.
        form: of its parameters.
        remembers_customers: whether its pipelines hold customers, such as their numbers or factors:
            when one is forgotten, those of the shop are deleted.
        extra: of the project, without which it cannot be trained; None for most.
        packages: that the extra brings.
    """

    name: ClassVar[str]
    purpose: ClassVar[str]
    features: ClassVar[tuple[str, ...]]
    outputs: ClassVar[tuple[str, ...]]
    form: ClassVar[type[Parameters]]
    remembers_customers: ClassVar[bool] = False
    extra: ClassVar[str | None] = None
    packages: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def train(self, features: Features, training: Training[Given]) -> None:
        """Tunes on the validation part, fits, compares on the test part.

        Raises:
            LakehouseError: the shop has not what it takes; the sentence says what is missing.
        """

    @abstractmethod
    def score(
        self, features: Features, serving: Serving, parameters: Given
    ) -> Mapping[str, DataFrame | pa.Table]:
        """The rows of each output for a shop, by its declared columns but `shop_id` and `run_id`.

        Raises:
            LakehouseError: the shop has not what it takes.
        """
