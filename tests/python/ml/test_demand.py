"""A shop's demand, from training to rows: the rule decides, and what it decided is what serves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from ml import tables
from ml.demand.model import (
    ANOMALIES,
    BASELINE,
    CALENDAR,
    FORECAST,
    REGRESSION,
    Demand,
    DemandParameters,
    learn,
    predict,
)
from ml.demand.regression import fit_regression, look_back
from ml.demand.series import Series
from ml.features import Features, Versions
from ml.model import Serving, Training
from ml.parameters import read_parameters
from ml.runs import as_json
from tests.python.ml.demand_data import DAYS, FIRST, sold, whole

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa
    from pyspark.sql import SparkSession

GIVEN = read_parameters("demand", DemandParameters)


def trained(levels: list[Series]) -> Training[DemandParameters]:
    training = Training(GIVEN)
    learn(levels, training)
    return training


def served(training: Training[DemandParameters]) -> Serving:
    assert training.verdict
    return Serving("run", training.verdict.serves, None, json.loads(as_json(training.state)))


@pytest.fixture(scope="module")
def seasonal() -> list[Series]:
    products = sold(20, season=0.6)
    shop = whole(products)
    shop.units[0, DAYS - 252] = 0
    return [products, shop]


@pytest.fixture(scope="module")
def training(seasonal: list[Series]) -> Training[DemandParameters]:
    return trained(seasonal)


@pytest.fixture(scope="module")
def rows(seasonal: list[Series], training: Training[DemandParameters]) -> dict[str, pa.Table]:
    return predict(seasonal, served(training), GIVEN)


def test_a_season_earns_the_regression_its_place(training: Training[DemandParameters]) -> None:
    assert training.verdict and training.verdict.serves
    assert training.verdict.unit_count == 21
    tested = {(s.candidate, s.metric): s.value for s in training.scores if s.part == "test"}
    assert tested[REGRESSION, "mase"] == pytest.approx(training.verdict.model_score)
    assert tested[REGRESSION, "mase"] < tested[BASELINE, "mase"]
    assert abs(tested[REGRESSION, "bias_product"]) < 0.1
    assert 0.8 < tested[REGRESSION, "coverage_day_product"] < 0.97
    assert set(training.plots) == {"forecast_product", "forecast_shop"}


def test_rows_are_those_that_are_declared_and_weeks_are_their_days(
    seasonal: list[Series], rows: dict[str, pa.Table]
) -> None:
    for table, given in rows.items():
        assert {"shop_id", "run_id", *given.column_names} == set(tables.columns(table))
        assert given.num_rows
    forecast = rows[FORECAST].to_pandas()
    assert set(forecast["source"]) == {REGRESSION}
    assert len(forecast) == 21 * (56 + 8)
    assert (forecast["lower"] <= forecast["units"]).all()
    assert (forecast["units"] <= forecast["upper"]).all()
    assert forecast["forecast_date"].min() == seasonal[0].day(DAYS)
    by_grain = forecast.groupby(["level", "item", "grain"])["units"].sum().unstack("grain")
    assert np.allclose(by_grain["day"], by_grain["week"])
    # The season turns up: the weeks after the turn of the year sell more than the mean one.
    assert set(rows[CALENDAR].to_pandas()["kind"]) >= {"peak"}
    odd = rows[ANOMALIES].to_pandas()
    assert set(odd["level"]) == {"shop"}
    assert seasonal[1].day(DAYS - 252) in set(odd["sale_date"])


def test_a_training_is_the_same_again(
    seasonal: list[Series], training: Training[DemandParameters]
) -> None:
    assert served(trained(seasonal)).state == served(training).state


def test_what_serves_forecasts_as_what_was_fitted(
    seasonal: list[Series], training: Training[DemandParameters], rows: dict[str, pa.Table]
) -> None:
    products = seasonal[0]
    chosen = training.state["product"]
    examples = look_back(
        products.units, chosen["baseline"]["weeks"], GIVEN.week_count, GIVEN.min_sale_days
    )
    fitted = fit_regression(examples, DAYS, training.chosen["product"]["ridge"])
    told = rows[FORECAST].to_pandas().query("level == 'product' and grain == 'day'")
    assert told["units"].tolist() == fitted.forecast(products.units, 8).ravel().tolist()


def test_where_there_is_nothing_to_learn_the_baseline_serves() -> None:
    noise = sold(20, season=0.0)
    # Days dealt anew, week by week: what came before says nothing of what comes.
    order = np.random.default_rng(3).permutation(DAYS // 7)
    dealt = noise.units.reshape(20, -1, 7)[:, order].reshape(20, -1)
    levels = [Series("product", noise.items, dealt, FIRST)]
    training = trained(levels)

    assert training.verdict and not training.verdict.serves
    assert training.verdict.gain == pytest.approx(0, abs=0.03)
    assert training.state["product"]["regression"] is None
    rows = predict(levels, served(training), GIVEN)
    assert set(rows[FORECAST].to_pandas()["source"]) == {BASELINE}


def test_a_shop_that_has_not_what_it_takes_is_told_so() -> None:
    few = sold(3, season=0.0)
    with pytest.raises(LakehouseError, match="3 units to test on are too few"):
        trained([few])
    nothing = Series("product", few.items, np.zeros_like(few.units), FIRST)
    with pytest.raises(LakehouseError, match="No item was sold on 20 days or more"):
        trained([nothing])
    with pytest.raises(LakehouseError, match="is 1 day: too few"):
        trained([Series("product", few.items, few.units[:, :1], FIRST)])
    with pytest.raises(LakehouseError, match="no demand to forecast"):
        predict([nothing], Serving("run", False, None, {}), GIVEN)


def test_series_are_read_from_the_lake_and_rows_written_to_it(
    spark: SparkSession,
    tmp_path: Path,
    seasonal: list[Series],
    training: Training[DemandParameters],
) -> None:
    lake = Lake.at(tmp_path / "lake")
    shop = seasonal[1]
    days = [("s", "shop", "all", shop.day(n), int(u)) for n, u in enumerate(shop.units[0])]
    spark.createDataFrame(
        days[::-1], "shop_id string, level string, item string, demand_date date, unit_count bigint"
    ).write.format("delta").save(lake.path("gold", "feat_daily_demand"))
    versions = Versions(lake)

    rows = Demand().score(Features(spark, lake, "s", versions), served(training), GIVEN)
    expected = predict([shop], served(training), GIVEN)
    for table, given in rows.items():
        assert given.equals(expected[table])
        count = tables.replace_shop(spark, lake, table, "s", "run", given)
        assert count == expected[table].num_rows
    with pytest.raises(LakehouseError, match="No sale of undated has a date"):
        Demand().train(Features(spark, lake, "undated", versions), Training(GIVEN))
