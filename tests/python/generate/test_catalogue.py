"""What a catalogue file may say, and what an error names."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from lakehouse.errors import LakehouseError
from lakehouse.generate import catalogue
from lakehouse.generate.catalogue import CatalogueFile, Choices, read_catalogue


class Thing(NamedTuple):
    name: str
    price: float


class Data(CatalogueFile):
    things: tuple[Thing, ...]
    colors: Choices


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(catalogue, "_FOLDER", tmp_path)
    return tmp_path


def read(folder: Path, text: str) -> Data:
    (folder / "corner.yml").write_text(text, encoding="utf-8")
    return read_catalogue("corner", Data)


def test_rows_are_read_by_position_and_choices_are_drawn(folder: Path) -> None:
    data = read(folder, "things: [[mug, 5], [cup, 2.5]]\ncolors: {red: 0, blue: 1}")
    assert data.things == (Thing("mug", 5.0), Thing("cup", 2.5))
    rng = np.random.default_rng(0)
    assert data.colors.column(rng, 3).to_pylist() == ["blue"] * 3
    equals = read(folder, "things: []\ncolors: [red, blue]").colors
    assert equals.names == ("red", "blue")
    assert set(equals.column(rng, 50).to_pylist()) == {"red", "blue"}
    assert equals.weights.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("things: [[mug, 5]]", r"corner\.yml: colors: missing\."),
        ("things: [[mug, dear]]\ncolors: [red]", r"corner\.yml: things\[0\].*found 'dear'"),
        ("things: []\ncolors: [red]\nsizes: [S]", r"corner\.yml: sizes: unknown key\."),
        ("things: [", r"corner\.yml: not valid YAML"),
    ],
)
def test_an_error_names_the_file_and_the_key(folder: Path, text: str, message: str) -> None:
    with pytest.raises(LakehouseError, match=message):
        read(folder, text)
