"""Customer lifetime value as a model of the catalogue: tuned, held to the months after, served."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from lakehouse.errors import LakehouseError
from ml.features import Features
from ml.kept import kept
from ml.lifetime.calibration import deciles
from ml.lifetime.forecast import LifetimeModel, fit, like_all, like_the_last
from ml.lifetime.gamma_gamma import frequency_value_correlation
from ml.lifetime.history import Activity, History, Period, purchases, summarise
from ml.lifetime.value import DAYS_IN_MONTH, discount, lifetime_value
from ml.metrics import Floats, Mean, Ratio, RootMean
from ml.model import Model, Parameters, Serving, Training
from ml.splits import TimeSplit, split_by_time

if TYPE_CHECKING:
    import plotly.graph_objects as go
    import pyarrow as pa
    from pyspark.sql import DataFrame

TABLE, OUTPUT = "feat_purchase_days", "customer_lifetime"
MODEL, LAST_PERIOD, MEAN = "model", "last_period", "mean"
_DAY = datetime.timedelta(days=1)
# Above it, who buys more often also buys for more, or for less, and values are off.
_CORRELATION = 0.3

Count = Annotated[int, Field(gt=0)]


class LifetimeParameters(Parameters):
    """Of `ml/parameters.yml`, which explains them."""

    holdout_share: Annotated[float, Field(gt=0, le=1 / 3)]
    look_backs: Annotated[tuple[Count, ...], Field(min_length=1)]
    months: Count
    monthly_rate: Annotated[float, Field(ge=0)]


@dataclass(frozen=True)
class _Trial:
    """What was predicted at a day, and what came after it; of all who had bought by then."""

    history: History
    came: Activity
    last: dict[int, Activity]
    day_count: int

    def like_the_last(self, look_back: int) -> Activity:
        return like_the_last(self.last[look_back], look_back, self.day_count)


class CustomerLifetime(Model[LifetimeParameters]):
    """BG/NBD and Gamma-Gamma; against the next months like the last, and all customers alike."""

    name: ClassVar[str] = "lifetime"
    purpose: ClassVar[str] = (
        "Tells how often each customer will buy in the months ahead, for how much, and whether "
        "they still are a customer: BG/NBD for purchases, Gamma-Gamma for their value."
    )
    features: ClassVar[tuple[str, ...]] = (TABLE,)
    outputs: ClassVar[tuple[str, ...]] = (OUTPUT,)
    form: ClassVar[type[Parameters]] = LifetimeParameters

    def train(self, features: Features, training: Training[LifetimeParameters]) -> None:
        """Chooses the baseline's look-back at an earlier day, compares at a later one."""
        parameters = training.parameters
        days = features.table(TABLE)
        first_day, last_day = _span(days, features.shop_id)
        split = split_by_time(first_day, last_day, parameters.holdout_share)
        with kept(purchases(days)) as bought:
            validation = _trial(bought, split.validation_start, split.test_start, parameters)
            look_back = self._tune(validation, training)
            test = _trial(bought, split.test_start, split.end + _DAY, parameters)
            self._compare(test, look_back, training)

            history, _ = summarise(bought, last_day)
            served, estimates = fit(history)
            training.state = {
                "model": served.state(),
                "look_back": look_back,
                "tested_day_count": test.day_count,
            }
            training.chosen |= {
                "look_back": look_back,
                **training.state["model"]["purchases"],
                **training.state["model"]["values"],
            }
            training.limits = _limits(split, history, any(any(e.at_limit) for e in estimates))

    def _tune(self, trial: _Trial, training: Training[LifetimeParameters]) -> int:
        """The look-back with which the baseline does best."""
        model, _ = fit(trial.history)
        _score(training, "validation", MODEL, model.forecast(trial.history, trial.day_count), trial)
        _score(training, "validation", MEAN, like_all(trial.history, trial.day_count), trial)
        errors = {}
        for look_back in trial.last:
            predicted = trial.like_the_last(look_back)
            _score(training, "validation", f"{LAST_PERIOD}_{look_back}_days", predicted, trial)
            errors[look_back] = _errors(predicted.purchases, trial.came.purchases).mean()
        # Of equal ones the shorter.
        return min(sorted(errors), key=errors.__getitem__)

    def _compare(
        self, trial: _Trial, look_back: int, training: Training[LifetimeParameters]
    ) -> None:
        model, _ = fit(trial.history)
        predicted = {
            MODEL: model.forecast(trial.history, trial.day_count),
            LAST_PERIOD: trial.like_the_last(look_back),
            MEAN: like_all(trial.history, trial.day_count),
        }
        for candidate, activity in predicted.items():
            _score(training, "test", candidate, activity, trial)
        came = trial.came.purchases
        training.judge(
            RootMean(_errors(predicted[MODEL].purchases, came)),
            RootMean(_errors(predicted[LAST_PERIOD].purchases, came)),
        )
        training.plots = {
            "purchases_by_decile": _by_decile(
                {name: activity.purchases for name, activity in predicted.items()},
                came,
                f"purchases in {trial.day_count} days",
            ),
            "value_by_decile": _by_decile(
                {name: activity.value for name, activity in predicted.items()},
                trial.came.value,
                f"net value in {trial.day_count} days",
            ),
        }

    def score(
        self, features: Features, serving: Serving, parameters: LifetimeParameters
    ) -> Mapping[str, pa.Table]:
        """A row per customer and horizon, as of the features' latest day."""
        days = features.table(TABLE)
        _, end = _span(days, features.shop_id)
        look_back = int(serving.state["look_back"])
        period = Period(end - look_back * _DAY, end)
        history, [last] = summarise(purchases(days), end, [period])
        tested = int(serving.state["tested_day_count"])
        if serving.serves_model:
            model = LifetimeModel.of_state(serving.state["model"])
            rows = _by_model(model, history, tested, parameters)
        else:
            rows = _by_last_period(last, look_back, history, tested, parameters)
        return {OUTPUT: rows}


def _by_model(
    model: LifetimeModel, history: History, tested: int, parameters: LifetimeParameters
) -> pa.Table:
    alive = model.purchases.probability_alive(history.frequency, history.recency, history.age)
    horizons = {tested: model.forecast(history, tested)}
    year = round(parameters.months * DAYS_IN_MONTH)
    horizons[year] = Activity(
        model.forecast(history, year).purchases,
        lifetime_value(
            model.purchases, model.values, history, parameters.months, parameters.monthly_rate
        ),
    )
    return _rows(history, horizons, alive, MODEL)


def _by_last_period(
    last: Activity, look_back: int, history: History, tested: int, parameters: LifetimeParameters
) -> pa.Table:
    horizons = {tested: like_the_last(last, look_back, tested)}
    year = round(parameters.months * DAYS_IN_MONTH)
    ahead = like_the_last(last, look_back, year)
    worth = discount(parameters.months, parameters.monthly_rate)
    horizons[year] = Activity(ahead.purchases, worth * ahead.value)
    return _rows(history, horizons, None, LAST_PERIOD)


def _rows(
    history: History, horizons: Mapping[int, Activity], alive: Floats | None, source: str
) -> pa.Table:
    import pyarrow as pa

    count = len(history.customer_keys)
    return pa.concat_tables(
        pa.table(
            {
                "customer_key": pa.array(history.customer_keys, pa.string()),
                "horizon_days": pa.array([horizon] * count, pa.int64()),
                "expected_purchases": pa.array(activity.purchases, pa.float64()),
                # Free orders that came back may be worth less than nothing.
                "expected_value": pa.array(np.maximum(activity.value, 0.0), pa.float64()),
                "probability_alive": pa.array(
                    [None] * count if alive is None else alive, pa.float64()
                ),
                "source": pa.array([source] * count, pa.string()),
            }
        )
        for horizon, activity in horizons.items()
    )


def _span(days: DataFrame, shop_id: str) -> tuple[datetime.date, datetime.date]:
    """The first day of a shop with a purchase, and the day as of which its features are.

    Raises:
        LakehouseError: its orders have no dates.
    """
    from pyspark.sql import functions as f

    [span] = days.agg(
        f.min("order_date").alias("first"), f.max("as_of_date").alias("last")
    ).collect()
    if span["first"] is None:
        raise LakehouseError(
            f"The orders of {shop_id} have no dates, and without them nobody knows who comes back."
        )
    return span["first"], span["last"]


def _trial(
    bought: DataFrame, start: datetime.date, stop: datetime.date, parameters: LifetimeParameters
) -> _Trial:
    """What is known the day before a period starts, and what came up to the day before it stops."""
    end = start - _DAY
    holdout = Period(end, stop - _DAY)
    before = [Period(end - look_back * _DAY, end) for look_back in parameters.look_backs]
    history, [came, *last] = summarise(bought, end, [holdout, *before])
    look_backs = zip(parameters.look_backs, last, strict=True)
    return _Trial(history, came, dict(look_backs), holdout.day_count)


def _score(
    training: Training[Any], part: str, candidate: str, predicted: Activity, trial: _Trial
) -> None:
    came = trial.came
    error = predicted.purchases - came.purchases
    training.score(candidate, part, "rmse_purchases", RootMean(error**2))
    training.score(candidate, part, "mae_purchases", Mean(np.abs(error)))
    training.score(
        candidate, part, "predicted_by_actual_purchases", Ratio(predicted.purchases, came.purchases)
    )
    value_error = predicted.value - came.value
    training.score(candidate, part, "rmse_value", RootMean(value_error**2))
    training.score(candidate, part, "mae_value", Mean(np.abs(value_error)))
    training.score(candidate, part, "predicted_by_actual_value", Ratio(predicted.value, came.value))


def _errors(predicted: Floats, came: Floats) -> Floats:
    """Squared, one per customer."""
    return np.asarray((predicted - came) ** 2)


def _by_decile(predicted: Mapping[str, Floats], came: Floats, title: str) -> go.Figure:
    """Predicted against actual means of tenths of the customers; on the diagonal they agree."""
    import plotly.graph_objects as go

    figure = go.Figure()
    reach = 0.0
    for name, values in predicted.items():
        tenths = deciles(values, came)
        figure.add_scatter(
            x=tenths["predicted_mean"], y=tenths["actual_mean"], name=name, mode="lines+markers"
        )
        reach = max(reach, tenths[["predicted_mean", "actual_mean"]].to_numpy().max())
    figure.add_scatter(
        x=[0, reach], y=[0, reach], name="as predicted", mode="lines", line={"dash": "dot"}
    )
    figure.update_layout(
        title=f"Means by tenth of customers: {title}",
        xaxis_title="predicted",
        yaxis_title="actual",
    )
    return figure


def _limits(split: TimeSplit, history: History, at_limit: bool) -> list[str]:
    months = (split.end - split.test_start).days / DAYS_IN_MONTH
    limits = [
        f"It was held to {months:.0f} months; what it says of a longer time was not.",
        "It knows no seasons, prices or campaigns: a customer's rate of purchases never changes "
        "while they are one, so that months of much or little business are missed.",
        "Values are of purchases less what came back on the same day, not later.",
        "It does not tell who will become a customer: its sums are no forecast of the shop.",
    ]
    correlation = frequency_value_correlation(history)
    if abs(correlation) > _CORRELATION:
        limits.append(
            "Gamma-Gamma takes number and value of purchases as independent; here they correlate "
            f"by {correlation:.2f}, so that values of frequent customers are off."
        )
    if at_limit:
        limits.append(
            "The data do not bound a parameter of the served fit: it says no more than very large "
            "or very small."
        )
    return limits
