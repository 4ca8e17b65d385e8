"""Sample data of all shops at scale 1, made once for all tests here."""

from pathlib import Path

import pytest

from lakehouse.generate import SHOPS, GeneratedFile, generate


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[GeneratedFile]]:
    """Return the folder and the files of all shops at scale 1."""
    out = tmp_path_factory.mktemp("sample")
    return out, generate(out, SHOPS)
