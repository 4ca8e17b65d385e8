"""Train, validation and test: by time where there is time, by customer where there is none.

Tuning sees train and validation; the test part is read once, by the model that was chosen. Nothing
of a later part is known to an earlier one: with time, parts follow one another; without, each
customer is in one part, with all that is known of them.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from typing import Literal

from lakehouse.errors import LakehouseError

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class TimeSplit:
    """The last days of a shop, in two parts; everything before them is to learn from.

    Attributes:
        validation_start: first day of the validation part.
        test_start: first day of the test part.
        end: last day of the test part.
    """

    validation_start: datetime.date
    test_start: datetime.date
    end: datetime.date

    def part(self, day: datetime.date) -> Part:
        """The part of a day.

        Raises:
            ValueError: the day is after the end: nobody may know of it.
        """
        if day > self.end:
            raise ValueError(f"{day} is after {self.end}")
        if day >= self.test_start:
            return "test"
        return "validation" if day >= self.validation_start else "train"


def split_by_time(
    first_day: datetime.date, last_day: datetime.date, share: float, min_days: int = 14
) -> TimeSplit:
    """Splits the days of a shop: the last share of them is tested on, as much before it tuned on.

    Args:
        first_day: of the shop.
        last_day: of the shop, the last of the test part.
        share: of days in the test part, and in the validation part, between 0 and 1/3.
        min_days: that train, validation and test have at least.

    Raises:
        LakehouseError: the shop has too few days.
    """
    if not 0 < share <= 1 / 3:
        raise ValueError(f"share {share} is not between 0 and a third")
    days = (last_day - first_day).days + 1
    held_out = int(days * share)
    if held_out < min_days or days - 2 * held_out < min_days:
        raise LakehouseError(
            f"From {first_day} to {last_day} are {days} days: too few to hold {share:.0%} out "
            f"twice and leave {min_days} days in each part."
        )
    test_start = last_day - datetime.timedelta(days=held_out - 1)
    return TimeSplit(test_start - datetime.timedelta(days=held_out), test_start, last_day)


def part_of(key: str, shares: tuple[float, float, float] = (0.6, 0.2, 0.2), salt: str = "") -> Part:
    """The part of a customer, the same on every machine and whoever else there is.

    Args:
        key: the customer's.
        shares: of train, validation and test; they sum to 1.
        salt: another one deals the customers anew.
    """
    digest = hashlib.sha256(f"{salt}|{key}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < shares[0]:
        return "train"
    return "validation" if place < shares[0] + shares[1] else "test"
