"""What the ml layer holds of customers who are to be forgotten: predictions, fitted models.

By the Delta logs of layer `ml`, without Spark and without the models: a table's columns say whose
its rows are, and each training noted whether what it fitted remembers customers.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from lakehouse.ingest.keys import ask, key_conditions, rows_with_keys
from lakehouse.ingest.people import Person, any_of, literal
from lakehouse.lake import Lake
from lakehouse.storage import delete_folder

LAYER, RUNS = "ml", "model_runs"
EXPOSURE_LOG = "experiment_exposures"
"""What units of experiments were shown: gets their new ids, since results rest on its rows."""

MODELS_FOLDER, MLFLOW_FOLDER = "_models", "_mlflow"
"""Beside the tables of the layer: fitted pipelines, and MLflow's record, which names nobody."""

_DELETED = (
    "It remembered the customers that it was trained on, one of whom was forgotten, and was "
    "deleted. To train it again: lakehouse train {model} --shop {shop_id}"
)


def predicted_rows(lake: Lake, people: Sequence[Person]) -> Counter[str]:
    """How many rows of the layer tell of these people, by `layer.table`."""
    return Counter(
        {
            f"{LAYER}.{table}": len(rows_with_keys(lake, LAYER, table, people))
            for table in lake.tables(LAYER)
        }
    )


def delete_predictions(lake: Lake, people: Sequence[Person]) -> None:
    """Deletes the rows of these people: a prediction is of a person, and no total rests on it."""
    for table in lake.tables(LAYER):
        if table != EXPOSURE_LOG and rows_with_keys(lake, LAYER, table, people):
            log = lake.open_log(LAYER, table)
            log.delete(any_of([where for _, where, _ in key_conditions(log, table, people)]))


def remembering(lake: Lake, people: Sequence[Person]) -> list[tuple[str, str]]:
    """Model and shop of what is fitted and may remember one of these people, sorted."""
    if not people or not lake.has_table(LAYER, RUNS):
        return []
    wanted = f"select distinct model, shop_id from t where {_is_held(people)}"
    rows = ask(lake.open_log(LAYER, RUNS), wanted)
    return sorted((row["model"], row["shop_id"]) for row in rows)


def delete_fitted(lake: Lake, people: Sequence[Person]) -> None:
    """Deletes what may remember one of these people, of all trainings; nothing serves from then on.

    The folder goes first: a run that says that it has none has none.
    """
    for model, shop_id in remembering(lake, people):
        of_shop = [person for person in people if person.shop_id == shop_id]
        delete_folder(lake.root, f"{LAYER}/{MODELS_FOLDER}/{model}/{shop_id}")
        lake.open_log(LAYER, RUNS).update(
            predicate=f"model = {literal(model)} and {_is_held(of_shop)}",
            updates={
                "serves": literal("nothing"),
                "reason": literal(_DELETED.format(model=model, shop_id=shop_id)),
                "model_path": "null",
                "state": literal("{}"),
            },
        )


def _is_held(people: Iterable[Person]) -> str:
    """The SQL condition under which a training left something that remembers one of these.

    That is a pipeline of a model which says so of its pipelines, or a state that names them.
    """
    return any_of(
        [
            f"shop_id = {literal(person.shop_id)} and "
            f"(remembers_customers and model_path is not null or {_is_named(person)})"
            for person in people
        ]
    )


def _is_named(person: Person) -> str:
    keys = [json.dumps(f"{person.shop_id}|{old}") for old in person.silver_ids]
    return any_of([f"strpos(state, {literal(key)}) > 0" for key in keys])
