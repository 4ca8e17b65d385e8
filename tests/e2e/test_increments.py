"""Tables that grow: whatever came when, was replaced or left, they are as if built whole.

Three weeks of a small clickstream come in five uneven files that overlap: events come twice, late
and early, sessions go on over midnight and over files, a customer becomes a robot and human again.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from dbt_common.exceptions import DbtRuntimeError
from deltalake import DeltaTable

from lakehouse.ingest import load
from lakehouse.ingest.withdrawal import withdraw
from lakehouse.lake import Lake
from lakehouse.reading import read_table
from lakehouse.transform import failed_nodes
from tests.e2e.conftest import dbt_on
from tests.e2e.test_table_writing import statements

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HEADER = [
    "event_time",
    "event_type",
    "product_id",
    "category_id",
    "category_code",
    "brand",
    "price",
    "user_id",
    "user_session",
]
VARIABLES: dict[str, object] = {
    "shops": {
        "rees46": {
            "bronze": ["events"],
            "conformed": ["customers", "products", "orders", "order_items", "events"],
        }
    },
    "robot_session_count": 3,
    "robot_event_count": 1000,
}
GROWING = [
    ("silver", "stg_rees46__events"),
    ("silver", "int_events"),
    ("silver", "int_robot_days"),
    ("silver", "int_sessions"),
    ("gold", "fct_sessions"),
    ("gold", "fct_events"),
    ("gold", "rpt_funnel_daily"),
]
FIRST_DAY = datetime(2019, 10, 1)

Row = tuple[datetime, str, int, str, int, str]


def event(day: int, minute: float, user: int, session: str, kind: str = "view") -> Row:
    """An event so many minutes after the start of a day, which may be before or after it."""
    at = FIRST_DAY + timedelta(days=day - 1, minutes=minute)
    return at, kind, 1000 + len(session) % 3, session, user, "12.50"


def visits(day: int) -> list[Row]:
    """Some ordinary visits of a day, each some minutes long; the last goes on after midnight."""
    rng = random.Random(day)
    rows: list[Row] = []
    for visit in range(5):
        start = 1435 if visit == 4 else rng.randrange(1300)
        kinds = ["view", "view", rng.choice(["cart", "view"]), rng.choice(["purchase", "view"])]
        user = rng.randrange(1, 7)
        rows += [event(day, start + 3 * n, user, f"s{day}-{visit}", k) for n, k in enumerate(kinds)]
    return rows


def days(*numbers: int) -> list[Row]:
    return [row for day in numbers for row in visits(day)]


# A customer of so many sessions on one day is a robot on every day.
ROBOT = [event(11, 10 * n, 2, f"robot{n}") for n in range(4)]
FILES = {
    "a": days(*range(-7, 7)),
    # A session of two days of which the next file has the second.
    "b": [*days(7, 8, 9), event(9, 1430, 1, "over")],
    # Late: a session of day 8 began on day 7; day 3 has a visit more.
    "c": [*days(10), event(9, 1450, 1, "over"), event(7, 1439, 9, "s8-0"), event(3, 5, 8, "late")],
    # Again: events of file b.
    "d": [*days(11, 12), *ROBOT, *visits(8)[:7]],
    "e": days(13, 14),
}
# What comes and goes again: another robot, a purchase, a session that joins two days.
STRAY = [
    *(event(5, 20 * n, 3, f"stray{n}") for n in range(4)),
    event(10, 700, 4, "s10-1", "purchase"),
    event(6, 1, 5, "s5-2"),
]
# The first version of file e: without its second day, and with what is not in the other one.
OLDER = [*visits(13)[:9], event(12, 1420, 6, "older"), event(13, 300, 6, "older")]


class Shop:
    """A lake with the models that grow, and the files that it is given."""

    def __init__(self, spark: SparkSession, lake: Lake, folder: Path) -> None:
        self.spark = spark
        self.lake = lake
        self.folder = folder

    def load(self, name: str, rows: Sequence[Row]) -> None:
        path = self.folder / name / "rees46" / f"{name}.csv"
        path.parent.mkdir(parents=True)
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            for at, kind, product, session, user, price in rows:
                moment = f"{at:%Y-%m-%d %H:%M:%S} UTC"
                writer.writerow([moment, kind, product, "7", "a.b", "x", price, user, session])
        load(self.spark, self.lake, path.parent.parent)

    def withdraw(self, name: str) -> None:
        withdraw(self.lake, f"rees46/{name}.csv")

    def build(self) -> list[str]:
        """Builds the models; returns those that failed."""
        names = [name for _, name in GROWING]
        models = [*names, "int_rees46__events", "int_robots"]
        result = dbt_on(self.lake, self.folder, "run", "-s", *models, variables=VARIABLES)
        return failed_nodes(result)

    def rows(self) -> dict[str, list[str]]:
        """What stands in each table, the fingerprints of its days left out."""
        found = {}
        for layer, name in GROWING:
            rows: list[dict[str, Any]] = read_table(self.lake, layer, name).to_pylist()
            found[name] = sorted(
                repr({k: v for k, v in row.items() if not k.endswith("_version")}) for row in rows
            )
        return found

    def versions(self) -> dict[str, int | None]:
        return {name: self.lake.version(layer, name) for layer, name in GROWING}

    def replaced_days(self) -> dict[str, int]:
        """How often each table had only some days written."""
        return {
            name: sum(
                "predicate" in commit.get("operationParameters", {})
                and bool(commit["operationParameters"]["predicate"].strip("[]"))
                for commit in DeltaTable(self.lake.path(layer, name)).history()
            )
            for layer, name in GROWING
        }


@contextmanager
def killed_at(shop: Shop, last: int) -> Iterator[None]:
    """Of the statements that write a table, all from this one on never reach Spark."""

    def before(place: int, _: str) -> None:
        if place >= last:
            raise DbtRuntimeError("killed")

    with statements(f" table {shop.lake.schema_prefix}", before):
        yield


@pytest.fixture
def shop(spark: SparkSession, lake: Lake, tmp_path: Path) -> Shop:
    return Shop(spark, lake, tmp_path)


@pytest.fixture(scope="module")
def whole(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The tables of a lake that was built once, with all files."""
    folder = tmp_path_factory.mktemp("whole")
    shop = Shop(spark, Lake.at(folder / "lake", "whole_"), folder)
    for name, events_of_file in FILES.items():
        shop.load(name, events_of_file)
    assert shop.build() == []
    events = {row for of_file in FILES.values() for row in of_file}
    rows = shop.rows()
    assert len(rows["int_events"]) == len(events)
    assert len(rows["int_sessions"]) == len({row[3:5] for row in events})
    return rows


def test_a_lake_that_grew_is_one_that_was_built_whole(
    shop: Shop, whole: dict[str, list[str]]
) -> None:
    for name in ("a", "b"):
        shop.load(name, FILES[name])
        assert shop.build() == []

    shop.load("stray", STRAY)
    shop.load("c", FILES["c"])
    for last in (1, 4):
        with killed_at(shop, last):
            assert shop.build() != []
    assert shop.build() == []

    shop.load("older", OLDER)
    shop.load("d", FILES["d"])
    assert shop.build() == []

    shop.withdraw("older")
    shop.load("e", FILES["e"])
    shop.withdraw("stray")
    assert shop.build() == []

    grown = shop.rows()
    for _, name in GROWING:
        assert grown[name] == whole[name], name
    assert all(count > 1 for count in shop.replaced_days().values()), shop.replaced_days()

    versions = shop.versions()
    assert shop.build() == []
    assert shop.versions() == versions, "nothing new, nothing written"


def test_the_order_of_files_does_not_matter(shop: Shop, whole: dict[str, list[str]]) -> None:
    for name in ("d", "b", "e", "a", "c"):
        shop.load(name, FILES[name])
        if name in "ea":
            assert shop.build() == []
    assert shop.build() == []
    assert shop.rows() == whole
