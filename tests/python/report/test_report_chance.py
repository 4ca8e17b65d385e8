"""What chance explains, against values of printed tables."""

from __future__ import annotations

import pytest

from lakehouse.report.chance import differ, means_differ


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # χ² with one degree of freedom is 3.841 at 5%: here 3.88 and 3.70.
        ([[500, 500], [544, 456]], True),
        ([[500, 500], [543, 457]], False),
        # With four it is 9.488: 9.80 and 9.08.
        ([[100, 100, 100], [100, 100, 100], [127, 100, 73]], True),
        ([[100, 100, 100], [100, 100, 100], [126, 100, 74]], False),
        ([[50, 50], [50, 50], [0, 0]], False),
        ([[100, 0], [0, 100]], True),
    ],
)
def test_counts_differ(counts: list[list[int]], expected: bool) -> None:
    assert differ(counts) is expected


@pytest.mark.parametrize(
    "counts", [[], [[5, 5]], [[5], [5]], [[9, 0], [9, 0]], [[3, 2], [2, 3]], [[0, 0], [0, 0]]]
)
def test_too_little_to_compare(counts: list[list[int]]) -> None:
    assert differ(counts) is None


def test_means_differ() -> None:
    # The standard error is √(2² ÷ 100 + 2² ÷ 100) = 0.283: 1.96 of them are 0.554.
    assert means_differ((10.0, 2.0, 100), (10.56, 2.0, 100)) is True
    assert means_differ((10.0, 2.0, 100), (10.55, 2.0, 100)) is False
    assert means_differ((10.0, 0.0, 1), (99.0, 2.0, 100)) is None
