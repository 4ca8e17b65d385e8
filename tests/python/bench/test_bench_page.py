"""The page of all figures: a chapter that is measured anew takes the place of its old text."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import bench.__main__
from bench import build, small_files
from bench.figures import Figure


def _figures(value: float) -> list[Figure]:
    return [Figure("a build", value, "s", None, None, "python -m bench.build")]


def test_chapters_that_are_not_measured_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "performance.md"

    def measure(chapter: str, seconds: float) -> str:
        monkeypatch.setattr(build, "measure", lambda scale: _figures(seconds))
        monkeypatch.setattr(small_files, "measure", lambda: _figures(seconds))
        monkeypatch.setattr(sys, "argv", ["bench", "--page", str(page), "--only", chapter])
        bench.__main__.main()
        return page.read_text(encoding="utf-8")

    first = measure("build", 321)
    missing = "Loading, Loading small files, One day more, Training, The gateway, Growing"
    assert f"Not measured: {missing}." in first
    both = measure("small", 12)
    assert both.index("## Loading small files") < both.index("## Building")
    assert "| 321 s |" in both
    again = measure("build", 123)
    assert "| 321 s |" not in again
    assert again.count("## Building") == again.count("| 123 s |") == 1
    assert "| 12.0 s |" in again
    assert again.count(bench.__main__.TRIED.read_text(encoding="utf-8")) == 1
