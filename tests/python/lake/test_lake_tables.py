"""What the Delta logs say of a lake's tables, read without Spark."""

from __future__ import annotations

import ast
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs as fs
import pytest
from deltalake import write_deltalake

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.reading import open_dataset, read_table, table_state
from lakehouse.session import PROJECT_DIR

ROWS = pa.table({"shop_id": ["a", "b"], "n": [1, 2]})


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake whose folder has a name that a URL would encode."""
    lake = Lake.at(tmp_path / "a lake's 100%")
    for table in ("second", "first"):
        Path(lake.path("gold", table)).mkdir(parents=True)
        write_deltalake(lake.path("gold", table), ROWS)
    return lake


def test_tables_are_the_folders_that_hold_a_commit(lake: Lake) -> None:
    Path(lake.path("gold", "killed"), "_delta_log").mkdir(parents=True)
    Path(lake.path("gold", "stray")).mkdir()
    assert lake.tables("gold") == ["first", "second"]
    assert not lake.has_table("gold", "killed")
    assert lake.tables("silver") == []


def test_a_lake_that_does_not_exist_has_no_tables(tmp_path: Path) -> None:
    lake = Lake.at(tmp_path / "none")
    assert lake.tables("gold") == []
    assert not lake.has_table("gold", "first")
    assert not Path(lake.root).exists()


def test_the_version_is_the_log_s_last(lake: Lake) -> None:
    assert lake.version("gold", "first") == 0
    write_deltalake(lake.path("gold", "first"), ROWS, mode="append")
    assert lake.version("gold", "first") == 1
    assert table_state(lake, "gold", "first").version == 1
    assert lake.version("gold", "second") == 0


def test_an_unknown_table_is_named_with_those_there_are(lake: Lake) -> None:
    with pytest.raises(LakehouseError, match=r"no table gold\.third\. There are: first, second\."):
        lake.version("gold", "third")


def test_rows_of_a_shop_and_columns_by_name(lake: Lake) -> None:
    assert read_table(lake, "gold", "first", "b", ["n"]).to_pylist() == [{"n": 2}]


def test_rows_are_read_by_pyarrow_itself(lake: Lake) -> None:
    """A file system in Python is called from pyarrow's threads, even while the process ends."""
    dataset = open_dataset(lake, "gold", "first")
    assert isinstance(dataset, ds.FileSystemDataset)
    assert isinstance(dataset.filesystem, fs.SubTreeFileSystem)
    assert isinstance(dataset.filesystem.base_fs, fs.LocalFileSystem)


def test_no_one_reads_through_the_file_system_of_deltalake() -> None:
    calls = [
        (path.name, call.lineno)
        for folder in ("lakehouse", "tests")
        for path in (PROJECT_DIR / folder).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("to_pyarrow_table", "to_pyarrow_dataset")
        and "filesystem" not in {keyword.arg for keyword in call.keywords}
    ]
    assert calls == []
