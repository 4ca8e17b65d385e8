"""A lake's identity lies with its data."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from obstore.exceptions import PermissionDeniedError
from obstore.store import MemoryStore

from lakehouse.catalog import catalog_folder
from lakehouse.errors import LakehouseError, MachineError
from lakehouse.identity import IDENTITY_NAME, identify
from lakehouse.lake import Lake


def test_it_is_given_once_and_moves_with_the_data(tmp_path: Path) -> None:
    first = identify(str(tmp_path / "lake"))
    assert identify(str(tmp_path / "lake")) == first
    shutil.copytree(tmp_path / "lake", tmp_path / "copy")
    (tmp_path / "lake").rename(tmp_path / "moved")
    assert identify(str(tmp_path / "copy")) == first
    assert identify(str(tmp_path / "moved")) == first
    assert identify(str(tmp_path / "lake")) != first


def test_those_who_give_it_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(identify, [str(tmp_path / "lake")] * 32))
    assert len(ids) == 1


def test_a_lake_of_a_newer_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / IDENTITY_NAME).write_text(json.dumps({"id": "x", "format": 2}))
    with pytest.raises(LakehouseError, match="has format 2; this version knows formats up to 1"):
        identify(str(tmp_path))


@pytest.mark.parametrize("content", ["", "[]", '{"id": "x"}', "\udce9"])
def test_a_file_that_is_no_identity_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / IDENTITY_NAME).write_text(content, errors="surrogateescape")
    with pytest.raises(LakehouseError, match=r"_lake\.json is not a lake's identity"):
        identify(str(tmp_path))


def test_a_store_that_refuses_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionDeniedError("no right to bucket b\n\nDebug source: ...")

    monkeypatch.setattr("obstore.get", refuse)
    monkeypatch.setattr("lakehouse.identity.open_store", lambda _: MemoryStore())
    with pytest.raises(MachineError) as refusal:
        identify("s3://b/lake")
    assert str(refusal.value) == "The lake s3://b/lake cannot be opened: no right to bucket b"


def test_lakes_in_object_stores_have_identities_and_metastores_of_their_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stores = {"s3://b/one": MemoryStore(), "s3://b/two": MemoryStore()}
    monkeypatch.setattr("lakehouse.identity.open_store", stores.__getitem__)
    monkeypatch.delenv("LAKE_CATALOG_DIR", raising=False)
    monkeypatch.chdir(tmp_path)
    assert len({identify(root) for root in stores}) == 2
    folders = {catalog_folder(Lake.at(root)) for root in stores}
    assert len(folders) == 2
    assert {folder.parent for folder in folders} == {tmp_path / ".catalog"}
