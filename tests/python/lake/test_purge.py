"""A purged table has its current version, and no file, statistic or condition of an older one."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from lakehouse.purge import dead_files, purge
from lakehouse.reading import read_table, table_state
from tests.traces import traces

GONE = "ada@example.org"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A table from which a row was deleted; the log quotes it in all ways that logs do."""
    lake = Lake.at(tmp_path / "lake")
    path = lake.path("gold", "people")
    for mail in (GONE, "grace@example.org"):
        write_deltalake(path, pa.table({"mail": [mail], "day": ["a b"]}), mode="append")
    DeltaTable(path).delete(f"mail = '{GONE}'")
    log = Path(path, "_delta_log")
    # Spark keeps statistics of removed files, checksums with those of all, and Hadoop's checksums.
    last = log / f"{2:020d}.json"
    actions = [json.loads(line) for line in last.read_text().splitlines()]
    for action in actions:
        if "remove" in action:
            action["remove"]["stats"] = json.dumps({"minValues": {"mail": GONE}})
    last.write_text("\n".join(map(json.dumps, actions)))
    (log / f"{1:020d}.crc").write_text(GONE)
    (log / f".{1:020d}.json.crc").write_text(GONE)
    (log / f"{0:020d}.{1:020d}.compacted.json").write_text(GONE)
    [live] = [Path(name).name for name in DeltaTable(path).file_uris()]
    Path(path, f".{live}.crc").write_text("checksum")
    pq.write_table(pa.table({"mail": [GONE]}), Path(path, "part-killed.parquet"))
    Path(path, ".part-killed.parquet.crc").write_text(GONE)
    return lake


def test_nothing_of_an_older_version_is_left(lake: Lake) -> None:
    assert len(traces(lake.root, [GONE])) > 6
    assert len(dead_files(lake, "gold", "people")) == 3

    purged = purge(lake, "gold", "people")

    assert purged.versions == (2, 3)
    assert traces(lake.root, [GONE]) == set()
    assert read_table(lake, "gold", "people").column("mail").to_pylist() == ["grace@example.org"]
    assert table_state(lake, "gold", "people").version == 3
    names = {path.name for path in Path(lake.path("gold", "people"), "_delta_log").iterdir()}
    assert names == {f"{3:020d}.json", f"{3:020d}.checkpoint.parquet", "_last_checkpoint"}
    assert len(list(Path(lake.path("gold", "people")).glob(".*.crc"))) == 1


def test_a_purged_table_is_written_on_and_purged_again(lake: Lake) -> None:
    purge(lake, "gold", "people")
    more = pa.table({"mail": ["hal@example.org"], "day": ["c"]})
    write_deltalake(lake.path("gold", "people"), more, mode="append")

    assert purge(lake, "gold", "people").versions == (4, 5)
    assert read_table(lake, "gold", "people").num_rows == 2


def test_another_writer_is_not_overwritten(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lake, "version", lambda *_: 1)

    with pytest.raises(LakehouseError, match=r"Another process wrote to gold\.people meanwhile"):
        purge(lake, "gold", "people")
