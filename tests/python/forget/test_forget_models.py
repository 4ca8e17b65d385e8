"""What models learnt of a customer who is forgotten goes too. No Spark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lakehouse.commands.forget import forget as forget_command
from lakehouse.errors import LakehouseError
from lakehouse.forget import forget, rows_of
from lakehouse.ingest.learnt import RUNS
from lakehouse.ingest.pending import read_pending
from lakehouse.lake import Lake
from lakehouse.reading import read_table
from lakehouse.status import lake_state
from ml import tables
from ml.experiments.assignment import assign
from ml.experiments.record import Exposure, log, logged
from ml.runs import as_json, latest_runs
from tests.python.forget.test_forget import (
    LOADED_AT,
    OTHER,
    SHOP,
    USERS,
    WHO,
    KilledError,
    build,
    kill_at,
    lake,
    run,
)
from tests.python.ml.experiment_data import experiment
from tests.traces import traces

__all__ = ["lake"]

KEYS = {f"{SHOP}|{WHO}", f"{SHOP}|{OTHER}", f"shopify|{WHO}"}


def trained(lake: Lake, run_id: str, model: str, shop: str, **known: Any) -> Path:
    """A training in the record, and the folder of what it fitted."""
    folder = Path(lake.root, "ml", "_models", model, shop, run_id)
    folder.mkdir(parents=True)
    (folder / "labels.txt").write_text(f"{shop}|{WHO}")
    row: dict[str, Any] = {"run_id": run_id, "model": model, "shop_id": shop, "serves": "model"}
    row |= {"model_path": str(folder), "state": "{}", "remembers_customers": False}
    tables.append(lake, RUNS, [row | {"reason": "Better."} | known])
    return folder


@pytest.fixture
def scored(lake: Lake) -> Lake:
    """A lake with predictions of three customers, whose older versions name them as well."""
    for run_id in ("1", "2"):
        rows = [{"shop_id": k.partition("|")[0], "customer_key": k, "rank": 1} for k in KEYS]
        tables.remove_shop(lake, "recommendations", SHOP)
        tables.append(lake, "recommendations", [row | {"run_id": run_id} for row in rows])
    return lake


def test_predictions_about_a_customer_are_in_no_version(scored: Lake) -> None:
    assert rows_of(scored, SHOP, [WHO])["ml.recommendations"] == 1

    assert run(scored).rows["ml.recommendations"] == 1

    assert traces(Path(scored.root, "ml"), [f"{SHOP}|{WHO}"]) == set()
    kept = read_table(scored, "ml", "recommendations").to_pylist()
    assert {row["customer_key"] for row in kept} == KEYS - {f"{SHOP}|{WHO}"}
    assert len(scored.open_log("ml", "recommendations").history()) == 1


def exposed(unit_ids: set[str]) -> list[Exposure]:
    return [
        Exposure(variant.name, unit_id, LOADED_AT, variant.strategy, ("p",))
        for unit_id, variant in zip(
            sorted(unit_ids), assign(experiment(), sorted(unit_ids)), strict=True
        )
    ]


def test_what_a_customer_was_shown_stays_and_names_nobody(lake: Lake) -> None:
    shown = exposed(KEYS)
    for one in shown:
        log(lake, experiment(), [one])
    assert rows_of(lake, SHOP, [WHO])["ml.experiment_exposures"] == 1

    assert run(lake).rows["ml.experiment_exposures"] == 1

    assert traces(Path(lake.root, "ml"), [f"{SHOP}|{WHO}"]) == set()
    kept = {row["unit_id"]: row for row in logged(lake, experiment().name).to_pylist()}
    [new] = kept.keys() - KEYS
    assert kept.keys() == (KEYS - {f"{SHOP}|{WHO}"}) | {new}
    # The id that the customer has in bronze now, by which gold knows their orders.
    users = read_table(lake, "bronze", USERS, columns=["user_id"])["user_id"].to_pylist()
    assert new in {f"{SHOP}|{user}" for user in users}
    [before] = [one for one in shown if one.unit_id == f"{SHOP}|{WHO}"]
    assert (kept[new]["variant"], kept[new]["items"]) == (before.variant, ["p"])


def test_who_is_only_in_older_versions_of_what_was_shown_can_be_forgotten(lake: Lake) -> None:
    log(lake, experiment(), exposed({f"{SHOP}|12"}))
    lake.open_log("ml", "experiment_exposures").delete()
    run(lake, SHOP, "12")
    assert traces(Path(lake.root, "ml"), [f"{SHOP}|12"]) == set()


def test_what_is_fitted_goes_where_it_remembers_customers(
    lake: Lake, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (
        trained(lake, run_id, "als", SHOP, remembers_customers=True) for run_id in ("1", "2")
    )
    elsewhere = trained(lake, "3", "als", "shopify", remembers_customers=True)
    centres = trained(lake, "4", "k_means", SHOP)
    (centres / "labels.txt").write_text("0.5")
    state = as_json({"known": [f"{SHOP}|{WHO}"]})
    trained(lake, "5", "neighbours", SHOP, state=state)
    monkeypatch.setenv("LAKE_ROOT", lake.root)
    monkeypatch.setattr("lakehouse.commands.build.rebuild_tables", lambda *_: build(lake))

    forget_command(SHOP, [WHO], yes=True)

    said = capsys.readouterr().out.replace("\n", " ")
    assert f"als of {SHOP}. Nothing serves until you train it again: lakehouse train als" in said
    assert "Left alone" not in said
    assert (old.exists(), new.exists()) == (False, False)
    assert elsewhere.exists()
    assert centres.exists()
    runs = latest_runs(lake)
    assert {key: row["serves"] for key, row in runs.items()} == {
        ("als", SHOP): "nothing",
        ("als", "shopify"): "model",
        ("k_means", SHOP): "model",
        ("neighbours", SHOP): "nothing",
    }
    assert runs["als", SHOP]["model_path"] is None
    assert f"lakehouse train als --shop {SHOP}" in runs["als", SHOP]["reason"]
    assert runs["neighbours", SHOP]["state"] == "{}"
    assert traces(Path(lake.root, "ml"), [f"{SHOP}|{WHO}"]) == set()


@pytest.mark.parametrize(
    "step", ["rename_keys", "delete_predictions", "delete_fitted", "write_pending"]
)
def test_a_killed_run_ends_with_the_models_gone(
    scored: Lake, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    log(scored, experiment(), exposed(KEYS))
    trained(scored, "1", "als", SHOP, remembers_customers=True)
    with monkeypatch.context() as patch:
        kill_at(patch, f"lakehouse.ingest.pseudonyms.{step}", 1)
        with pytest.raises(KilledError):
            run(scored)
    assert "lakehouse forget" in lake_state(scored).next_step

    done = run(scored, None)

    assert done.fitted == (("als", SHOP),)
    assert done.rows["ml.recommendations"] == 1
    assert done.rows["ml.experiment_exposures"] == 1
    assert logged(scored, experiment().name).num_rows == len(KEYS)
    assert traces(Path(scored.root, "ml"), [f"{SHOP}|{WHO}"]) == set()
    assert read_pending(scored) is None


def test_what_was_trained_and_scored_meanwhile_is_seen(scored: Lake) -> None:
    names = iter(["7"])

    def learns() -> int:
        for run_id in names:
            trained(scored, run_id, "als", SHOP, remembers_customers=True)
            row = {"shop_id": SHOP, "customer_key": f"{SHOP}|{WHO}", "segment": "Average"}
            tables.append(scored, "customer_segments", [row])
        return build(scored)

    done = forget(scored, SHOP, [WHO], learns)

    assert done.built_count == 2
    assert done.fitted == (("als", SHOP),)
    assert traces(Path(scored.root, "ml"), [f"{SHOP}|{WHO}"]) == set()


def test_a_model_does_not_make_a_customer_known(lake: Lake) -> None:
    trained(lake, "1", "als", SHOP, remembers_customers=True)

    with pytest.raises(LakehouseError, match="holds no customer 12 of thelook"):
        run(lake, SHOP, "12")
