"""A lake's identity lies with its data."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lakehouse.errors import LakehouseError
from lakehouse.identity import IDENTITY_NAME, identify


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


def test_a_root_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(LakehouseError, match="cannot be opened"):
        identify(str(tmp_path / "file"))
