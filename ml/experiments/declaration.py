"""What an experiment says of itself before it begins; nothing of it changes once it runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from lakehouse.checked_yaml import read_yaml
from lakehouse.whole_file import whole_file

# No slash: what is hashed for a unit is parted by slashes.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Salt = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]*$")]

# Near O'Brien and Fleming's boundary, or near Pocock's.
Spending = Literal["obrien_fleming", "pocock"]


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Variant(_Form):
    """One arm.

    Attributes:
        strategy: the recommendation strategy that its units are shown.
        weight: its part of the units, relative to the other weights.
    """

    name: Name
    strategy: str = Field(min_length=1)
    weight: float = Field(default=1.0, gt=0)


class ConversionRate(_Form):
    """The share of units with at least one outcome.

    Attributes:
        baseline_rate: that share without the experiment, in 0 to 1.
    """

    kind: Literal["conversion"] = "conversion"
    baseline_rate: float = Field(gt=0, lt=1)

    @property
    def baseline(self) -> float:
        """What the control is expected to show."""
        return self.baseline_rate

    def variance(self, mean: float) -> float:
        """The variance of one unit's outcome where the rate is `mean` (Bernoulli)."""
        return mean * (1 - mean)


class MeanValue(_Form):
    """The mean over units of the sum of their outcomes' values, 0 for a unit without any.

    Attributes:
        baseline_mean: per unit without the experiment, in the unit of the values.
        baseline_sd: standard deviation over units, units without an outcome included.
    """

    kind: Literal["mean"] = "mean"
    baseline_mean: float = Field(gt=0)
    baseline_sd: float = Field(gt=0)

    @property
    def baseline(self) -> float:
        """What the control is expected to show."""
        return self.baseline_mean

    def variance(self, mean: float) -> float:
        """The variance of one unit's outcome, the same whatever the mean."""
        return self.baseline_sd**2


class Experiment(_Form):
    """The declaration. The first variant is the control; each other one is compared with it.

    Attributes:
        salt: another salt draws the variants of an experiment of the same name anew.
        unit: what is assigned and counted, such as customer or visitor.
        outcome_days: a unit's outcomes count in so many days from its first exposure; it is
            analysed once they are over, so that what a look has seen never changes afterwards.
        covariate_days: CUPED's covariate is the same sum over so many days before the first
            exposure; None for no adjustment.
        covariate_correlation: of outcome and covariate, as expected; used for planning only.
        alpha: two-sided false alarms over all looks and comparisons together.
        power: probability that a variant better by `minimum_lift` is found.
        minimum_lift: the smallest relative change of the metric worth finding: 0.05 is 5%.
        looks: how often results are looked at, the last time at the planned size.
        spending: how alpha is spread over them.
    """

    name: Name
    salt: Salt = ""
    unit: Name
    variants: tuple[Variant, ...] = Field(min_length=2)
    metric: ConversionRate | MeanValue = Field(discriminator="kind")
    outcome_days: int = Field(gt=0)
    covariate_days: int | None = Field(default=None, gt=0)
    covariate_correlation: float = Field(default=0.0, ge=0, lt=1)
    alpha: float = Field(default=0.05, gt=0, le=0.2)
    power: float = Field(default=0.8, ge=0.5, lt=1)
    minimum_lift: float = Field(gt=0)
    looks: int = Field(default=5, ge=1, le=20)
    spending: Spending = "obrien_fleming"

    @field_validator("variants")
    @classmethod
    def _names_differ(cls, variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
        names = [variant.name for variant in variants]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{', '.join(sorted(twice))} is there twice")
        return variants

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if self.covariate_correlation and self.covariate_days is None:
            raise ValueError("covariate_correlation needs covariate_days")
        if isinstance(self.metric, ConversionRate) and self.target >= 1:
            raise ValueError(f"minimum_lift leads to a rate of {self.target:g}, more than all")
        return self

    @property
    def control(self) -> Variant:
        """The variant that the others are compared with."""
        return self.variants[0]

    @property
    def treatments(self) -> tuple[Variant, ...]:
        """All variants but the control."""
        return self.variants[1:]

    @property
    def shares(self) -> tuple[float, ...]:
        """The part of all units that each variant gets; they sum to 1."""
        total = sum(variant.weight for variant in self.variants)
        return tuple(variant.weight / total for variant in self.variants)

    @property
    def target(self) -> float:
        """The metric of a variant that is better by `minimum_lift`."""
        return self.metric.baseline * (1 + self.minimum_lift)

    @property
    def comparison_alpha(self) -> float:
        """Alpha of one treatment's comparison (Bonferroni's part of the whole)."""
        return self.alpha / len(self.treatments)


def read_experiment(path: Path) -> Experiment:
    """The experiment that a YAML or JSON file declares.

    Raises:
        LakehouseError: the file is no YAML, or it names every key that is missing, unknown or
            wrong.
    """
    return read_yaml(path, Experiment)


def write_experiment(experiment: Experiment, path: Path) -> None:
    """Writes the declaration as JSON where the path ends in `.json`, as YAML otherwise.

    Raises:
        MachineError: the file cannot be written.
    """
    content = experiment.model_dump(mode="json")
    if path.suffix == ".json":
        text = json.dumps(content, indent=2) + "\n"
    else:
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8")
