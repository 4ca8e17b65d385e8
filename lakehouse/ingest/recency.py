"""Which of two files is the later export of its table: told by the files, not by who loads them."""

from __future__ import annotations

import calendar
import datetime
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from lakehouse.contracts.bronze import bronze_columns
from lakehouse.contracts.model import TableContract, file_stem

if TYPE_CHECKING:
    from pyspark.sql import Column

EPOCH = datetime.datetime.fromtimestamp(0, datetime.UTC)
# Wide enough for 20240131T235959999999.
DIGITS = 20
_MONTHS = {
    name.casefold(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
}
_MONTH = re.compile(rf"(?<![a-z])(?:{'|'.join(_MONTHS)})(?![a-z])")


def name_order(source_file: str) -> str:
    """A text by which file names sort as people read them, whatever folder they lie in.

    `orders_2` comes before `orders_10`, and `2019-Oct` before `2019-Nov`.
    """
    name = PurePosixPath(source_file).name
    text = (file_stem(name) or name).casefold()
    text = _MONTH.sub(lambda month: str(_MONTHS[month[0]]), text)
    return re.sub(r"\d+", lambda digits: digits[0].zfill(DIGITS), text)


def latest_moment(table: TableContract) -> Column:
    """The latest moment that the clean rows of a file tell of, as microseconds; an aggregate.

    Null for a table without dates.
    """
    from pyspark.sql import functions as sf

    moments = [
        sf.col(name).cast("timestamp")
        for name, type_ in bronze_columns(table).items()
        if type_ in ("date", "timestamp") and not name.startswith("_")
    ]
    if not moments:
        return sf.max(sf.lit(None).cast("bigint"))
    latest = sf.greatest(*moments) if len(moments) > 1 else moments[0]
    return sf.max(sf.when(sf.col("_rescued").isNull(), sf.unix_micros(latest)))


def moment(microseconds: int | None) -> datetime.datetime | None:
    """That moment, UTC."""
    if microseconds is None:
        return None
    return EPOCH + datetime.timedelta(microseconds=microseconds)
