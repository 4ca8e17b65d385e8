"""Parts follow one another in time, and no customer is on both sides."""

from __future__ import annotations

import datetime

import pytest

from lakehouse.errors import LakehouseError
from ml.splits import PARTS, part_of, split_by_time

FIRST, LAST = datetime.date(2010, 12, 1), datetime.date(2011, 12, 9)


def test_parts_follow_one_another() -> None:
    split = split_by_time(FIRST, LAST, 0.2)

    days = [FIRST + datetime.timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    parts = [split.part(day) for day in days]
    assert parts == sorted(parts, key=PARTS.index)
    assert parts.count("test") == parts.count("validation") == int(len(days) * 0.2)
    with pytest.raises(ValueError, match="is after 2011-12-09"):
        split.part(LAST + datetime.timedelta(days=1))


def test_too_few_days_are_one_sentence() -> None:
    with pytest.raises(LakehouseError, match="are 31 days: too few to hold 20% out twice"):
        split_by_time(datetime.date(2019, 10, 1), datetime.date(2019, 10, 31), 0.2)
    with pytest.raises(ValueError, match="between 0 and a third"):
        split_by_time(FIRST, LAST, 0.5)


def test_a_customer_is_in_one_part_and_stays_there() -> None:
    keys = [f"shop|{number}" for number in range(10_000)]
    parts = {key: part_of(key) for key in keys}

    assert part_of("shop|1") == parts["shop|1"]
    for part, share in zip(PARTS, (0.6, 0.2, 0.2), strict=True):
        assert list(parts.values()).count(part) / len(keys) == pytest.approx(share, abs=0.015)
    # Another salt deals them independently.
    both = sum(parts[key] == part_of(key, salt="b") == "test" for key in keys)
    assert both / len(keys) == pytest.approx(0.04, abs=0.01)
