"""The demand model: tuned by level, judged over all series, calibrated as it serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from lakehouse.errors import LakehouseError
from ml import tables
from ml.demand.anomalies import odd_days
from ml.demand.backtest import (
    GRAINS,
    Backtest,
    Grain,
    Origins,
    backtest,
    can_be_forecast,
    joined,
    roll,
    scale,
)
from ml.demand.baselines import Forecaster, MovingAverage, MovingMedian, moving_averages
from ml.demand.intervals import Calibration, calibrate, covered
from ml.demand.plots import forecast_figure
from ml.demand.promotions import promotion_weeks
from ml.demand.regression import Examples, Regression, fit_regression, look_back
from ml.demand.series import DAYS_IN_WEEK, TABLE, Series, read_series, weekly
from ml.metrics import Floats, Mean, Metric, Ratio
from ml.model import Model, Parameters, Serving, Training

if TYPE_CHECKING:
    import pyarrow as pa

    from ml.features import Features

FORECAST, CALENDAR, ANOMALIES = "demand_forecast", "promotion_calendar", "sales_anomalies"
# Whose days are searched for odd ones: a product's are all odd.
_WATCHED = ("shop", "category")
# Of the median that is shown beside, and never serves.
_MEDIAN_WEEKS = 8
# Intervals that hold less often than they should, by more than this, are named among the limits.
_COVERAGE_TOLERANCE = 0.05
# What may serve, as the outputs call it.
REGRESSION, BASELINE = "regression", "moving_average"


class DemandParameters(Parameters):
    """What is fixed before training.

    Attributes:
        week_count: how far is forecast.
        step_days: from one origin to the next.
        validation_origins: to tune on.
        test_origins: read once.
        min_days: known at the first origin.
        min_sale_days: a series with fewer days of sale is not forecast.
        baseline_weeks: of the moving averages that are tried.
        ridges: of the regression that are tried.
        coverage: of the intervals.
        quiet_index: weeks of at most so much of the mean week are quiet.
        peak_index: weeks of at least so much of it are peaks.
        anomaly_days: how far back odd days are looked for.
        anomaly_z: a robust z beyond which a day is odd.
    """

    week_count: int = Field(ge=1)
    step_days: int = Field(ge=1)
    validation_origins: int = Field(ge=1)
    test_origins: int = Field(ge=1)
    min_days: int = Field(ge=2 * DAYS_IN_WEEK)
    min_sale_days: int = Field(ge=1)
    baseline_weeks: tuple[int, ...] = Field(min_length=1)
    ridges: tuple[float, ...] = Field(min_length=1)
    coverage: float = Field(gt=0, lt=1)
    quiet_index: float = Field(gt=0, lt=1)
    peak_index: float = Field(gt=1)
    anomaly_days: int = Field(ge=1)
    anomaly_z: float = Field(gt=0)


@dataclass(frozen=True)
class Tuned:
    """What tuning chose for a level.

    Attributes:
        baseline: the moving average of the smallest error.
        ridge: of the regression that corrects it, of the smallest error.
        examples: that the regression is fitted to.
        past: by what may serve, its forecasts on the validation part.
    """

    baseline: MovingAverage
    ridge: float
    examples: Examples
    past: dict[str, Backtest]


class Demand(Model[DemandParameters]):
    """Expected units of products, categories, countries and the shop, with intervals."""

    name: ClassVar[str] = "demand"
    purpose: ClassVar[str] = (
        "Expected units by day and week for the shop, its categories, countries and best sold "
        "products, for reordering and planning; days of the past that were out of line."
    )
    features: ClassVar[tuple[str, ...]] = (TABLE,)
    outputs: ClassVar[tuple[str, ...]] = (FORECAST, CALENDAR, ANOMALIES)
    form: ClassVar[type[DemandParameters]] = DemandParameters

    def train(self, features: Features, training: Training[DemandParameters]) -> None:
        """Tunes each level on the validation origins, and compares on those of the test part.

        Raises:
            LakehouseError: too few days, or too few series with enough days of sale.
        """
        learn(read_series(features), training)

    def score(
        self, features: Features, serving: Serving, parameters: DemandParameters
    ) -> Mapping[str, pa.Table]:
        """The days and weeks after the last, which of these weeks suit a promotion, odd days.

        Raises:
            LakehouseError: no series has enough days of sale.
        """
        return predict(read_series(features), serving, parameters)


def learn(levels: list[Series], training: Training[DemandParameters]) -> None:
    """Trains on the series of a shop: see `Demand.train`."""
    given = training.parameters
    origins = roll(
        levels[0].first_day,
        levels[0].day_count,
        given.week_count * DAYS_IN_WEEK,
        given.step_days,
        (given.validation_origins, given.test_origins),
        given.min_days,
    )
    known = [
        series
        for series in levels
        if can_be_forecast(series.units[:, : origins.validation[-1]], given.min_sale_days).any()
    ]
    if not known:
        raise LakehouseError(
            f"No item was sold on {given.min_sale_days} days or more before the test part: there "
            "is no demand to forecast."
        )
    tuned = [_tune(series, origins, training) for series in known]
    # The test part: all that is read of it is read here.
    tests = [
        _test(series, choice, origins, given) for series, choice in zip(known, tuned, strict=True)
    ]
    verdict = training.judge(
        *(_mase([test[name] for test in tests]) for name in (REGRESSION, BASELINE))
    )
    served = REGRESSION if verdict.serves else BASELINE
    for name in tests[0]:
        training.score(name, "test", "mase", _mase([test[name] for test in tests]))
    for series, choice, test in zip(known, tuned, tests, strict=True):
        for name, past in test.items():
            for metric, values in _measures(past).items():
                training.score(name, "test", f"{metric}_{series.level}", values)
        before = calibrate(choice.past[served], given.coverage)
        for grain in GRAINS:
            inside = Ratio(*covered(test[served], before, grain))
            training.score(served, "test", f"coverage_{grain}_{series.level}", inside)
            share = training.scores[-1].value
            if share < given.coverage - _COVERAGE_TOLERANCE:
                training.limits.append(
                    f"Intervals of level {series.level} by {grain} are too narrow: {share:.0%} of "
                    f"what came lay within, where {given.coverage:.0%} should."
                )
        training.plots[f"forecast_{series.level}"] = forecast_figure(
            series, origins.test, test[served], before
        )
        # From here on what the test part taught counts too.
        calibration = calibrate(joined(choice.past[served], test[served]), given.coverage)
        regression = (
            fit_regression(choice.examples, series.day_count, choice.ridge)
            if verdict.serves
            else None
        )
        training.chosen[series.level] = {
            "baseline": choice.baseline.name,
            "ridge": choice.ridge,
        }
        training.state[series.level] = {
            "baseline": asdict(choice.baseline),
            "regression": regression and asdict(regression),
            "calibration": asdict(calibration),
        }
    training.limits += [
        "Units are expected values: half of the days of a rarely sold item lie below them.",
        "What was not in stock was not sold: demand that met empty shelves is not seen.",
        "Nothing is known of prices, promotions or holidays to come; what happened a year before "
        "counts only where two years are there.",
        "The best sold products were chosen by all days, those tested on included, for the model "
        "and its baseline alike.",
        "Levels are forecast each by itself and do not add up.",
    ]


def predict(
    levels: list[Series], serving: Serving, parameters: DemandParameters
) -> dict[str, pa.Table]:
    """Scores the series of a shop: see `Demand.score`."""
    import pyarrow as pa

    source = REGRESSION if serving.serves_model else BASELINE
    rows: dict[str, list[dict[str, Any]]] = {FORECAST: [], CALENDAR: [], ANOMALIES: []}
    for series in levels:
        state = serving.state.get(series.level)
        enough = can_be_forecast(series.units, parameters.min_sale_days)
        if state is None or not enough.any():
            continue
        forecaster = _forecaster(state)
        # All series of the level are looked at together, and then those with enough sales kept.
        days = forecaster.forecast(series.units, parameters.week_count)[enough]
        kept = Series(
            series.level,
            tuple(item for item, keep in zip(series.items, enough, strict=True) if keep),
            series.units[enough],
            series.first_day,
        )
        rows[FORECAST] += _forecast_rows(kept, days, Calibration(**state["calibration"]))
        rows[CALENDAR] += promotion_weeks(
            kept, weekly(days), parameters.quiet_index, parameters.peak_index
        )
        if series.level in _WATCHED:
            rows[ANOMALIES] += [
                row
                for row in odd_days(
                    series, forecaster, parameters.anomaly_days, parameters.anomaly_z
                )
                if row["item"] in kept.items
            ]
    if not rows[FORECAST]:
        raise LakehouseError(
            f"No item was sold on {parameters.min_sale_days} days or more: there is no demand to "
            "forecast."
        )
    return {
        table: pa.Table.from_pylist(
            [row | {"source": source} for row in given],
            schema=tables.schema(table, without=("shop_id", "run_id")),
        )
        for table, given in rows.items()
    }


def _tune(series: Series, origins: Origins, training: Training[DemandParameters]) -> Tuned:
    """The baseline and the ridge of the smallest error on the validation part."""
    given = training.parameters

    def tried(name: str, forecasters: Iterable[Forecaster]) -> tuple[float, Backtest]:
        past = backtest(
            series.units, origins.validation, given.week_count, forecasters, given.min_sale_days
        )
        training.score(name, "validation", f"mase_{series.level}", _mase([past]))
        return training.scores[-1].value, past

    averages = [
        (*tried(average.name, [average] * len(origins.validation)), average)
        for average in moving_averages(given.baseline_weeks)
    ]
    _, baseline_past, baseline = min(averages, key=lambda result: result[0])
    examples = look_back(series.units, baseline.weeks, given.week_count, given.min_sale_days)
    regressions = [
        (
            *tried(
                f"{REGRESSION}, ridge {ridge:g}",
                [fit_regression(examples, known, ridge) for known in origins.validation],
            ),
            ridge,
        )
        # Of equal errors the stronger one: closer to the baseline.
        for ridge in sorted(given.ridges, reverse=True)
    ]
    _, past, ridge = min(regressions, key=lambda result: result[0])
    return Tuned(baseline, ridge, examples, {REGRESSION: past, BASELINE: baseline_past})


def _test(
    series: Series, choice: Tuned, origins: Origins, given: DemandParameters
) -> dict[str, Backtest]:
    """Forecasts of the test part by name: what may serve, and what both are seen beside."""
    fixed: dict[str, Forecaster] = {
        BASELINE: choice.baseline,
        "seasonal naive": MovingAverage(1, by_weekday=True),
        "moving median": MovingMedian(_MEDIAN_WEEKS),
    }
    candidates: dict[str, list[Forecaster]] = {
        REGRESSION: [fit_regression(choice.examples, o, choice.ridge) for o in origins.test],
        **{name: [forecaster] * len(origins.test) for name, forecaster in fixed.items()},
    }
    return {
        name: backtest(series.units, origins.test, given.week_count, each, given.min_sale_days)
        for name, each in candidates.items()
    }


def _mase(pasts: Sequence[Backtest]) -> Metric:
    """The mean over series of the mean of their errors by day and by week."""
    values = np.concatenate([(past.mase("day") + past.mase("week")) / 2 for past in pasts])
    return Mean(values[np.isfinite(values)])


def _measures(past: Backtest) -> dict[str, Metric]:
    """What else is told of a level's forecasts; a level of a single series has no interval."""
    by_grain: dict[str, Metric] = {}
    for grain in GRAINS:
        values = past.mase(grain)
        by_grain[f"mase_{grain}"] = Mean(values[np.isfinite(values)])
        by_grain[f"wape_{grain}"] = Ratio(past.absolute_errors(grain), past.units())
    return by_grain | {"bias": Ratio(past.excess(), past.units())}


def _forecaster(state: Mapping[str, Any]) -> Forecaster:
    if state["regression"] is None:
        return MovingAverage(**state["baseline"])
    return Regression(**state["regression"])


def _forecast_rows(
    series: Series, days: Floats, calibration: Calibration
) -> Iterable[dict[str, Any]]:
    """Rows of `ml.demand_forecast`, of days and of weeks of seven days from the first on."""
    to_date = calibration.error_to_date(scale(series.units, "day"))
    by_grain: dict[Grain, tuple[Floats, int]] = {
        "day": (days, 1),
        "week": (weekly(days), DAYS_IN_WEEK),
    }
    for grain, (units, length) in by_grain.items():
        lower, upper = calibration.bounds(units, scale(series.units, grain), grain)
        for place, item in enumerate(series.items):
            for period in range(units.shape[1]):
                yield {
                    "level": series.level,
                    "item": item,
                    "grain": grain,
                    "forecast_date": series.day(series.day_count + period * length),
                    "horizon": period + 1,
                    "units": float(units[place, period]),
                    "lower": float(lower[place, period]),
                    "upper": float(upper[place, period]),
                    "error_to_date": float(to_date[place, (period + 1) * length - 1]),
                    "as_of_date": series.day(series.day_count - 1),
                }
