"""Raw files in an object store are found, checked and known again like those of a folder."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.errors import LakehouseError
from lakehouse.ingest import preflight
from lakehouse.ingest.discover import discover
from lakehouse.ingest.ledger import LedgerEntry
from lakehouse.ingest.preflight import ReadyFile, UnfitFile, check_all
from lakehouse.ingest.report import SilentProgress
from lakehouse.ingest.scratch import FOLDER, open_scratch
from lakehouse.ingest.unchanged import Stamp, change_since
from lakehouse.storage import list_entries
from tests.python.ingest.shop_files import EVENTS_HEADER, event, write
from tests.python.ingest.test_ingest_withdrawal import entry

LONG_AGO = 1_600_000_000
HEADER = (
    "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session"
)
ROW = "2019-10-01 00:00:00 UTC,view,1,2,,acme,1.5,3,s"
FILES = {
    "rees46/2019-Oct.csv": f"{EVENTS_HEADER}\n{event()}\n",
    "rees46/2019 [Nov].csv": f"{EVENTS_HEADER}\n{event()}\n{event()}\n",
    "rees46/strange.csv": "no,such,header\n1,2,3\n",
}


@pytest.fixture(params=["folder", "store"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A folder with raw files, or an object store (obstore's own on a disk) with them."""
    for name, content in FILES.items():
        path = write(tmp_path / "raw" / name, content)
        os.utime(path, (LONG_AGO, LONG_AGO))
    return str(tmp_path) if request.param == "folder" else f"file://{tmp_path}"


def checked(
    root: str, names: Collection[str] = tuple(FILES), loaded: Sequence[LedgerEntry] = ()
) -> dict[str, ReadyFile | UnfitFile]:
    found = discover(f"{root}/raw", load_contracts(), None).files
    files = [file for file in found if file.source_file in names]
    with open_scratch(root) as scratch:
        results = check_all(files, loaded, scratch, SilentProgress())
    return {result.file.source_file: result for result in results}


def test_they_are_found_checked_and_given_names_that_spark_can_read(root: str) -> None:
    results = checked(root)
    assert set(results) == set(FILES)
    plain, odd = results["rees46/2019-Oct.csv"], results["rees46/2019 [Nov].csv"]
    assert isinstance(plain, ReadyFile)
    assert str(plain.text_path) == f"{root}/raw/rees46/2019-Oct.csv"
    assert isinstance(odd, ReadyFile)
    assert str(odd.text_path).startswith(f"{root}/{FOLDER}/")
    strange = results["rees46/strange.csv"]
    assert isinstance(strange, UnfitFile)
    assert f"{root}/raw/rees46/strange.csv: the header does not fit" in strange.reason


def test_a_file_in_the_state_that_it_was_loaded_in_is_not_read(
    root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "rees46/2019-Oct.csv"
    first = checked(root)[name]
    assert isinstance(first, ReadyFile)
    known = replace(entry(first.batch_id, name), sha256=first.scan.sha256, source_state="then")
    monkeypatch.setattr(preflight, "scan", lambda file: pytest.fail(f"{file.path} is read"))
    monkeypatch.setattr(Stamp, "of", classmethod(lambda cls, path: cls((), False, "then")))
    again = checked(root, [name], [known])[name]
    assert isinstance(again, ReadyFile)
    assert (again.batch_id, again.scan.sha256) == (first.batch_id, first.scan.sha256)
    assert again.layout is None


def test_a_state_is_of_one_content(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "before")
    assert Stamp.of(path).state is None, "written a moment ago: it may be written again"
    [found] = list_entries(f"file://{tmp_path}")
    assert found.file is not None
    before = Stamp.of(found.file).state
    assert before is not None
    write(path, "after!")
    [found] = list_entries(f"file://{tmp_path}")
    assert found.file is not None
    assert Stamp.of(found.file).state not in (None, before)


def test_an_object_that_was_written_again_or_is_gone_is_noticed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "before")
    [found] = list_entries(f"file://{tmp_path}")
    assert found.file is not None
    stamp = Stamp.of(found.file)
    assert change_since(found.file, stamp, "") is None
    write(path, "after it")
    assert change_since(found.file, stamp, "") == "changed while it was read"
    path.unlink()
    assert change_since(found.file, stamp, "") == "vanished while it was read"


def test_an_empty_place_in_a_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(LakehouseError, match=rf"file://{tmp_path} holds no data file"):
        discover(f"file://{tmp_path}", load_contracts(), None)
