"""A jar counts only with the bytes that the lock says."""

from __future__ import annotations

import hashlib
from pathlib import Path

from scripts.fetch_jars import Jar, read_lock


def test_a_jar_with_other_bytes_is_not_there(tmp_path: Path) -> None:
    jar = Jar("io.x", "y", "1.0", hashlib.sha256(b"right").hexdigest())
    assert not jar.is_at(tmp_path)
    (tmp_path / jar.file_name).write_bytes(b"wrong")
    assert not jar.is_at(tmp_path)
    (tmp_path / jar.file_name).write_bytes(b"right")
    assert jar.is_at(tmp_path)


def test_the_lock_names_delta_as_pinned() -> None:
    jars = {jar.artifact: jar for jar in read_lock()}
    requirements = Path("requirements.in").read_text()
    assert f"delta-spark=={jars['delta-spark_4.2_2.13'].version}" in requirements
    assert all(len(jar.sha256) == 64 for jar in jars.values())
