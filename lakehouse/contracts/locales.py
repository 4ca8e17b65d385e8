"""Contracts for files that were saved under a locale: its separators, its order of dates."""

from __future__ import annotations

from collections.abc import Mapping

from lakehouse.contracts.model import ISO, NUMBERS, ColumnContract, Contract, TableContract
from lakehouse.errors import LakehouseError


def localized(contracts: Mapping[str, Contract], locale: str | None) -> Mapping[str, Contract]:
    """The contracts with the formats of a locale in place of their own, or as they are without one.

    Numbers have the separators that Unicode's CLDR gives; dates have its order of day, month and
    year (of four digits) with any of the separators `/`, `.` and `-`, and times `:` or `.`, since
    programs differ in these: `29/03/2022 5.01.00` and `29.03.2022 05:01` are one time in it_IT. An
    ISO date is always one.

    Raises:
        LakehouseError: there is no such locale.
    """
    if locale is None:
        return contracts
    number, date, timestamps = _formats(locale)
    formats: dict[str, tuple[str, ...]] = dict.fromkeys(NUMBERS, (number,))
    formats |= {"date": (ISO, date), "timestamp": (ISO, *timestamps)}

    def column(contract: ColumnContract) -> ColumnContract:
        return contract.model_copy(update={"formats": formats.get(contract.kind, ())})

    def table(contract: TableContract) -> TableContract:
        return contract.model_copy(update={"columns": tuple(map(column, contract.columns))})

    return {
        shop_id: contract.model_copy(update={"tables": tuple(map(table, contract.tables))})
        for shop_id, contract in contracts.items()
    }


def _formats(locale: str) -> tuple[str, str, tuple[str, ...]]:
    """A locale's formats as contracts write them: of numbers, of dates, of timestamps."""
    from babel import Locale, UnknownLocaleError

    try:
        found = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError) as error:
        raise LakehouseError(f"There is no locale {locale}; name one such as it_IT.") from error
    symbols = found.number_symbols["latn"]
    number = f"1{symbols['group']}234{symbols['decimal']}56"
    letters = {"d": "d", "M": "M", "y": "yyyy"}
    order = dict.fromkeys(c for c in found.date_formats["short"].pattern if c in letters)
    date = "[/][.][-]".join(letters[letter] for letter in order)
    times = ["H[:][.]mm[[:][.]ss]"]
    if "a" in found.time_formats["medium"].pattern:
        times.append("h[:][.]mm[[:][.]ss] a")
    return number, date, tuple(f"{date} {time}" for time in times)
