"""The contract of a column, from its header and its cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from lakehouse.contracts.model import NUMBER_EXAMPLE
from lakehouse.ingest.numbers import NumberFormat

MONEY = "decimal(18,4)"
PLAIN = NumberFormat(".", "")
# Written as a contract's format; the first that all numbers of a column match is proposed.
NUMBER_FORMATS = ("1,234.56", "1.234,56", "1 234,56", "1'234.56", "1234,56")
WHOLE = re.compile(r"[+-]?\d+(\.0*)?")
LEADING_ZERO = re.compile(r"0\d")
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z| UTC|[+-]\d\d:\d\d)?")
OFFSET_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}")
NAMED_ZONE = re.compile(r"(Z|UTC|[+-]\d\d:?\d\d)$")
WRITTEN_DATE = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})(?P=mark)\d{4}"
    r"(?P<time> \d{1,2}:\d\d(?P<seconds>:\d\d)?(?P<half> [AP]M)?)?"
)
MONEY_WORDS = re.compile(
    r"price|amount|total|cost|tax|discount|shipping$|refund|revenue|freight|fee$|margin|outstanding"
)
ID_WORDS = re.compile(r"(^|_)(id|number|no|code|sku|zip|phone|postcode|barcode)$")
TRUTHS = {"true", "false", "yes", "no", "t", "f", "y", "n"}
# Bounds that hold whatever the shop.
KNOWN_BOUNDS = {"age": (0, 120), "latitude": (-90, 90), "longitude": (-180, 180)}
MAX_INT = 2**31 - 1
MAX_ODD_SHARE = 0.01
MAX_LISTED = 8
LAST_MONTH = 12
MONEY_SCALE = 4


@dataclass
class ProposedColumn:
    """A column of a contract to be.

    Attributes:
        role_field: the conformed column that it is for; None if for none.
        person: whether it is the `id` of a customer or a `detail` that tells who they are.
        is_never_negative: it holds numbers, none of which was below 0.
        unsure: what a person should look at.
    """

    name: str
    header: str
    type: str
    description: str
    formats: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    min: int | None = None
    max: int | None = None
    required: bool = False
    optional: bool = False
    unit: str | None = None
    role_field: str | None = None
    person: str | None = None
    is_never_negative: bool = False
    unsure: list[str] = field(default_factory=list)

    @property
    def is_moment(self) -> bool:
        """Whether it holds dates or times."""
        return self.type in ("date", "timestamp")


def propose_column(
    name: str, header: str, values: Sequence[str], currency: str, role_field: str | None = None
) -> ProposedColumn:
    """The contract of a column.

    Args:
        name: its bronze name.
        header: as the file has it.
        values: its cells, trimmed.
        currency: of the shop's amounts.
        role_field: the conformed column that it is for.
    """
    column = ProposedColumn(name, header, "string", f"{header}, as the shop writes it.")
    column.role_field = role_field
    filled = [value for value in values if value]
    if not filled:
        column.unsure.append("no cell of the sample has a value: text, until one has")
        return column
    if (role_field or "").endswith("_id") or ID_WORDS.search(name):
        _as_id(column, filled)
    elif not any(judge(column, filled, currency) for judge in _JUDGES):
        odd = _odd_cells(filled, currency)
        others = [value for value in filled if value not in odd]
        if odd and any(judge(column, others, currency) for judge in _JUDGES):
            count, example = len(filled) - len(others), sorted(odd)[0]
            column.unsure = [
                f"{count} of {len(filled)} cells are no {column.type}, such as {example!r}: such "
                "rows are rescued"
            ]
        else:
            _as_text(column, filled)
    if name in KNOWN_BOUNDS and column.type in ("int", "bigint", "double"):
        column.min, column.max = KNOWN_BOUNDS[name]
    return column


def _odd_cells(filled: Sequence[str], currency: str) -> set[str]:
    """The few cells without which a column would be no text; none where there are many."""
    odd = {
        value
        for value in set(filled)
        if not any(judge(ProposedColumn("", "", "", ""), [value], currency) for judge in _JUDGES)
    }
    is_few = sum(value in odd for value in filled) <= MAX_ODD_SHARE * len(filled)
    return odd if is_few else set()


def _as_id(column: ProposedColumn, filled: Sequence[str]) -> None:
    if all(WHOLE.fullmatch(value) for value in filled):
        if any(LEADING_ZERO.match(value) for value in filled):
            column.unsure.append("digits that start with 0 stay text; integer_id takes 007 for 7")
        elif not re.search(r"zip|phone|postcode|barcode|code", column.name):
            column.type = "integer_id"


def _as_truth(column: ProposedColumn, filled: Sequence[str], _: str) -> bool:
    if not {value.casefold() for value in filled} <= TRUTHS:
        return False
    column.type = "boolean"
    return True


def _as_moment(column: ProposedColumn, filled: Sequence[str], _: str) -> bool:
    if all(ISO_DATE.fullmatch(value) for value in filled):
        column.type = "date"
        return True
    if all(OFFSET_TIME.fullmatch(value) for value in filled):
        column.type, column.formats = "timestamp", ["yyyy-MM-dd HH:mm:ss Z"]
        return True
    if all(ISO_TIME.fullmatch(value) for value in filled):
        column.type = "timestamp"
    else:
        found = [WRITTEN_DATE.fullmatch(value) for value in filled]
        dates = [match for match in found if match]
        if len(dates) < len(found) or len({match["mark"] for match in dates}) > 1:
            return False
        if len({bool(match["time"]) for match in dates}) > 1:
            return False
        column.type = "timestamp" if dates[0]["time"] else "date"
        column.formats = [_written_format(column, dates)]
    if column.type == "timestamp" and not all(NAMED_ZONE.search(value) for value in filled):
        column.unsure.append(
            "these times name no zone: they are taken for the contract's time_zone"
        )
    return True


def _written_format(column: ProposedColumn, dates: Sequence[re.Match[str]]) -> str:
    """The Spark pattern of dates such as 31.12.2024 or 12/31/2024 14:05."""
    mark = dates[0]["mark"]
    is_day_first = any(int(match["first"]) > LAST_MONTH for match in dates)
    is_month_first = any(int(match["second"]) > LAST_MONTH for match in dates)
    if not is_day_first and not is_month_first:
        is_day_first = mark == "."
        column.unsure.append("no day is above 12: is it the day or the month that comes first?")
    if is_day_first and is_month_first:
        column.unsure.append("some dates have the day first, others the month")
    pattern = f"d{mark}M{mark}yyyy" if is_day_first else f"M{mark}d{mark}yyyy"
    if dates[0]["time"]:
        with_seconds = {bool(match["seconds"]) for match in dates}
        seconds = {(True,): ":ss", (False,): "", (False, True): "[:ss]"}[
            tuple(sorted(with_seconds))
        ]
        pattern += f" h:mm{seconds} a" if dates[0]["half"] else f" H:mm{seconds}"
    return pattern


def _as_number(column: ProposedColumn, filled: Sequence[str], currency: str) -> bool:
    is_money = MONEY_WORDS.search(column.name) is not None
    plain = _plain(column, filled)
    if plain is None:
        if is_money:
            column.unsure.append("not all amounts are numbers (a sign of currency?): text for now")
        return False
    numbers = [Decimal(text) for text in plain]
    is_whole = all(number == number.to_integral_value() for number in numbers)
    scale = max(-int(number.as_tuple().exponent) for number in numbers)
    if is_money:
        column.type, column.unit = MONEY, currency
        if scale > MONEY_SCALE:
            column.unsure.append(f"up to {scale} decimals: those beyond the fourth are rounded")
    elif is_whole:
        column.type = "int" if max(map(abs, numbers)) <= MAX_INT else "bigint"
    else:
        column.type = "double"
    if min(numbers) >= 0 and column.name not in KNOWN_BOUNDS:
        column.is_never_negative = True
    return True


def _plain(column: ProposedColumn, filled: Sequence[str]) -> list[str] | None:
    """The numbers as 1234.56, with the format that they are written in; None if they are none."""
    if all(re.match(PLAIN.pattern, value) for value in filled):
        return list(filled)
    for example in NUMBER_FORMATS:
        parts = NUMBER_EXAMPLE.fullmatch(example)
        if parts is None:
            continue
        written = NumberFormat(parts["decimal"], parts["group"])
        if all(re.match(written.pattern, value) for value in filled):
            column.formats = [example]
            if not any(parts["decimal"] in value for value in filled):
                column.unsure.append(f"written as {example}? no cell has a decimal separator")
            return [written.plain(value) for value in filled]
    return None


def _as_text(column: ProposedColumn, filled: Sequence[str]) -> None:
    different = sorted(set(filled))
    if len(different) <= MAX_LISTED < len(filled) // 5 and re.search(
        r"status|state$|type|method|gender|kind|level", column.name
    ):
        listed = ", ".join(different)
        column.unsure.append(f"`allowed: [{listed}]` would rescue rows with any other value")


_JUDGES: tuple[Callable[[ProposedColumn, Sequence[str], str], bool], ...] = (
    _as_truth,
    _as_moment,
    _as_number,
)
