"""How tables are written: killed at any statement, readers have the old rows or the new ones.

A project of one model, with the macros of this one. A reader looks at the table before every
statement, and from the outside (`deltalake`), so that nothing in memory can comfort it.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from dbt.adapters.spark.session import Cursor
from dbt_common.exceptions import DbtRuntimeError
from deltalake import DeltaTable

from lakehouse.lake import Lake
from lakehouse.session import PROJECT_DIR
from lakehouse.storage import native_files
from lakehouse.transform import node_results, run_dbt

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from pyspark.sql import SparkSession

NAMES = ("title", "copies")


@dataclass(frozen=True)
class Shelf:
    """A version of the model `shelf`: its declaration, and the rows that its query gives."""

    rows: tuple[tuple[Any, ...], ...] = (("Emma", 2), ("Ulysses", 1))
    columns: dict[str, str] = field(
        default_factory=lambda: {"title": "string", "copies": "integer"}
    )
    not_null: tuple[str, ...] = ("title",)
    checks: dict[str, str] = field(default_factory=lambda: {"some": "copies > 0"})
    text: str = "What's on the shelf"
    config: dict[str, Any] = field(default_factory=dict)

    def model(self) -> dict[str, Any]:
        return {
            "name": "shelf",
            "description": self.text,
            "config": self.config,
            "constraints": [
                {"type": "check", "name": name, "expression": expression}
                for name, expression in self.checks.items()
            ],
            "columns": [
                {
                    "name": name,
                    "data_type": type_,
                    "description": f"{self.text}: the {name}",
                    "constraints": [{"type": "not_null"}] if name in self.not_null else [],
                }
                for name, type_ in self.columns.items()
            ],
        }

    def query(self) -> str:
        names = ", ".join(self.columns)
        casts = ", ".join(f"cast({n} as {t}) as {n}" for n, t in self.columns.items())
        rows = ", ".join(
            "(" + ", ".join("null" if c is None else repr(c) for c in row) + ")"
            for row in self.rows
        )
        return f"select {casts} from values {rows} as t ({names})"

    def seen(self) -> tuple[Any, ...]:
        """What a reader must find: rows, columns, and the constraints that hold them."""
        constraints = {f"delta.constraints.{n}": e for n, e in self.checks.items()} | {
            f"delta.constraints.{n}_not_null": f"`{n}` is not null" for n in self.not_null
        }
        return sorted(self.rows, key=str), self.columns, constraints

    def described(self) -> tuple[Any, ...]:
        """The rest of the declaration."""
        return (
            self.text,
            {name: f"{self.text}: the {name}" for name in self.columns},
            self.config.get("partition_by", []),
        )


class Library:
    """A lake with one model, as its builder and its readers see it."""

    def __init__(self, lake: Lake, folder: Path) -> None:
        self.lake = lake
        self.folder = folder
        self.path = lake.path("gold", "shelf")
        (folder / "models").mkdir(parents=True)
        (folder / "seeds").mkdir()
        project = {
            "name": "library",
            "profile": "lakehouse",
            "macro-paths": [str(PROJECT_DIR / "macros" / "lake")],
            "flags": {"send_anonymous_usage_stats": False},
            "models": {
                "library": self._config()
                | {"+materialized": "table", "+contract": {"enforced": True}}
            },
            "seeds": {"library": self._config()},
        }
        (folder / "dbt_project.yml").write_text(yaml.safe_dump(project))

    def _config(self) -> dict[str, Any]:
        return {
            "+file_format": "delta",
            "+schema": "gold",
            "+location_root": f"{self.lake.root}/gold",
        }

    def write(self, shelf: Shelf) -> None:
        models = {"version": 2, "models": [shelf.model()]}
        (self.folder / "models" / "shelf.yml").write_text(yaml.safe_dump(models))
        (self.folder / "models" / "shelf.sql").write_text(shelf.query())

    def dbt(self, command: str = "run") -> dbtRunnerResult:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DBT_TARGET_PATH", str(self.folder / "target"))
            patch.setenv("DBT_LOG_PATH", str(self.folder / "logs"))
            return run_dbt(self.lake, ["--quiet", command, "--project-dir", str(self.folder)])

    def build(self, shelf: Shelf, command: str = "run") -> None:
        """Builds a version and finds it as it was declared."""
        self.write(shelf)
        result = self.dbt(command)
        assert result.success, messages(result)
        assert self.seen() == shelf.seen()
        assert self.described() == shelf.described()

    def seen(self) -> tuple[Any, ...] | None:
        """What a reader finds at the table's path; none without a table."""
        if not DeltaTable.is_deltatable(self.path):
            return None
        table = DeltaTable(self.path)
        found = table.to_pyarrow_table(filesystem=native_files(self.path))
        rows = [tuple(row.values()) for row in found.to_pylist()]
        types = {item.name: str(item.type.type) for item in table.schema().fields}
        constraints = {
            name: value
            for name, value in table.metadata().configuration.items()
            if name.startswith("delta.constraints.")
        }
        return sorted(rows, key=str), types, constraints

    def holds(self, *states: object) -> Callable[[int, str], None]:
        """A reader who must find one of these states before every statement."""

        def look(_: int, sql: str) -> None:
            assert self.seen() in states, sql

        return look

    def described(self) -> tuple[Any, ...]:
        table = DeltaTable(self.path)
        texts = {item.name: item.metadata.get("comment") for item in table.schema().fields}
        return table.metadata().description, texts, table.metadata().partition_columns

    def operations(self) -> list[str]:
        return [commit["operation"] for commit in DeltaTable(self.path).history()]


def messages(result: dbtRunnerResult) -> str:
    return "; ".join(str(node.message) for node in node_results(result))


@contextmanager
def statements(name: str, before: Callable[[int, str], None]) -> Iterator[None]:
    """Calls back before each statement about a table that dbt sends, with its place and text."""
    execute = Cursor.execute
    places = itertools.count()

    def watched(cursor: Cursor, sql: str, *parameters: object) -> None:
        if name in sql:
            before(next(places), sql)
        execute(cursor, sql, *parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cursor, "execute", watched)
        yield


def killed_at(last: int, look: Callable[[str], None]) -> Callable[[int, str], None]:
    """From this statement on nothing reaches Spark any more; until then a reader looks."""

    def before(place: int, sql: str) -> None:
        look(sql)
        if place >= last:
            raise DbtRuntimeError("killed")

    return before


@pytest.fixture
def library(spark: SparkSession, lake: Lake, tmp_path: Path) -> Library:
    return Library(lake, tmp_path / "library")


def kill_at_each(library: Library, old: Shelf | None, new: Shelf) -> list[str]:
    """Kills the build of a new version at its first statement, its second, until one ends.

    Every one starts from what the one before has left. Returns the statements of all.
    """
    allowed = [old.seen() if old else None, new.seen()]
    sent: list[str] = []

    def look(sql: str) -> None:
        sent.append(" ".join(sql.split()))
        assert library.seen() in allowed, sql

    library.write(new)
    for last in itertools.count():
        with statements("shelf", killed_at(last, look)):
            result = library.dbt()
        assert library.seen() in allowed
        if result.success:
            assert last > 1
            break
        assert "killed" in messages(result)
    library.build(new)
    return sent


OLD = Shelf()


def test_a_first_build_is_there_with_its_rows_or_not_at_all(library: Library) -> None:
    sent = kill_at_each(library, None, OLD)
    assert any("create or replace table" in sql for sql in sent)


def test_a_view_becomes_a_table(library: Library) -> None:
    library.write(Shelf(config={"materialized": "view", "contract": {"enforced": False}}))
    result = library.dbt()
    assert result.success, messages(result)
    assert library.seen() is None
    library.build(OLD)
    library.build(replace(OLD, rows=(("Dubliners", 4),)))


def test_new_rows_replace_the_old_at_once(library: Library) -> None:
    library.build(OLD)
    sent = kill_at_each(library, OLD, replace(OLD, rows=(("Dubliners", 4),)))
    assert not any("create or replace table" in sql for sql in sent)


def test_a_changed_declaration_comes_with_its_rows(library: Library) -> None:
    library.build(OLD)
    new = Shelf(
        rows=(("Emma", 2.5, 9), ("Orlando", 0.5, 8)),
        columns={"title": "string", "copies": "double", "year": "long"},
        not_null=("title", "year"),
        checks={"some": "copies > 0.1", "named": "title != 'it''s'"},
        text="A 'new' \\ shelf",
    )
    kill_at_each(library, OLD, new)


def test_every_part_of_the_declaration_counts(library: Library) -> None:
    versions = [
        OLD,
        replace(OLD, columns={"title": "string", "copies": "long"}),
        replace(OLD, checks={"some": "copies > 0", "few": "copies < 9"}),
        replace(OLD, not_null=NAMES),
        replace(OLD, rows=(("Emma",),), columns={"title": "string"}, checks={}),
        replace(OLD, config={"partition_by": ["copies"]}),
    ]
    library.build(OLD)
    for old, new in itertools.pairwise(versions):
        with statements("shelf", library.holds(old.seen(), new.seen())):
            library.build(new)
    assert len(library.operations()) == len(versions), "each is one commit"


def test_texts_alone_change_without_touching_a_file(library: Library) -> None:
    library.build(OLD)
    files = set(DeltaTable(library.path).file_uris())
    told = replace(OLD, text="It's a new text")
    written: list[set[str]] = []

    def look(_: int, sql: str) -> None:
        if "insert overwrite" in sql:
            written.append(set(DeltaTable(library.path).file_uris()))
            assert library.described() == told.described()

    with statements("shelf", look):
        library.build(told)
    assert written == [files]
    texts, rows = library.operations()[1:3], library.operations()[0]
    assert texts == ["SET TBLPROPERTIES", "CHANGE COLUMNS"]
    assert rows == "WRITE"
    kill_at_each(library, told, replace(OLD, text="And again"))


def test_rows_against_the_contract_leave_the_version_before(library: Library) -> None:
    library.build(OLD)
    for rows in ((("Emma", 0),), ((None, 1),)):
        library.write(replace(OLD, rows=rows))
        assert not library.dbt().success
        assert library.seen() == OLD.seen()
    library.write(replace(OLD, rows=(("Emma", 0),), checks={"all": "copies > 0"}))
    assert not library.dbt().success
    assert library.seen() == OLD.seen()


def test_clustering_happens_at_every_write(spark: SparkSession, library: Library) -> None:
    clustered = replace(OLD, config={"clustered_by": "title"})
    other = replace(clustered, rows=(("Dubliners", 4),))
    library.build(OLD)
    for new in (clustered, other):
        with statements("shelf", library.holds(OLD.seen(), clustered.seen(), new.seen())):
            library.build(new)
        commit = DeltaTable(library.path).history(1)[0]
        assert commit["operation"] == "OPTIMIZE"
        assert commit["operationParameters"]["clusterBy"] == '["title"]'
    detail = spark.sql(f"describe detail delta.`{library.path}`").collect()[0]
    assert detail["clusteringColumns"] == ["title"]


@pytest.mark.parametrize("config", [{"buckets": 2}, {"file_format": "parquet"}])
def test_what_delta_cannot_do_is_refused(library: Library, config: dict[str, Any]) -> None:
    library.write(replace(OLD, config=config))
    result = library.dbt()
    assert not result.success
    assert library.seen() is None


def test_a_seed_is_replaced_with_its_rows(library: Library) -> None:
    """Texts keep their quotes and blanks, an empty cell is null, a number is no float."""
    seed = library.folder / "seeds" / "shelf.csv"
    before = (("O'Neil", 1), (" a\\b ", 2))
    after = (("50% off", None), ("Ulysses", 12345678901234567))
    states: list[Any] = []
    for rows in (before, after):
        lines = [f'"{title}",{"" if copies is None else copies}' for title, copies in rows]
        seed.write_text("title,copies\n" + "\n".join(lines) + "\n")
        with statements("shelf", library.holds(None, *states)):
            assert library.dbt("seed").success
        seen = library.seen()
        assert seen is not None
        assert seen[0] == sorted(rows, key=str)
        states.append(seen)
    seed.write_text("title,copies\n")
    assert library.dbt("seed").success
    seen = library.seen()
    assert seen is not None
    assert seen[0] == []


# Builds a shelf in a process of its own, slowly enough to be killed while it writes.
BUILD = (
    "import sys; from lakehouse.lake import Lake; from lakehouse.transform import run_dbt\n"
    "run_dbt(Lake.at(sys.argv[1], sys.argv[2]), ['run', '--project-dir', sys.argv[3]])"
)


def test_a_process_killed_while_it_writes_leaves_the_old_rows(library: Library) -> None:
    library.build(OLD)
    new = replace(OLD, rows=(("Dubliners", 4),), not_null=NAMES)
    library.write(new)
    folder = library.folder
    arguments = [sys.executable, "-c", BUILD, library.lake.root, library.lake.schema_prefix]
    before = set(Path(library.path).rglob("*.parquet"))
    writer = subprocess.Popen(
        [*arguments, str(folder)],
        env=os.environ
        | {
            "PYTHONPATH": str(PROJECT_DIR),
            "LAKE_CATALOG_DIR": str(folder / "catalog"),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
        },
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while writer.poll() is None and set(Path(library.path).rglob("*.parquet")) == before:
        time.sleep(0.005)
    os.killpg(writer.pid, signal.SIGKILL)
    assert writer.wait() == -signal.SIGKILL
    assert library.seen() in [OLD.seen(), new.seen()]
    library.build(new)
