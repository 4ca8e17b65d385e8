"""Numbers as the report writes them; what is not known is a dash."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

NONE = "-"


def amount(value: Decimal | None, currency_code: str) -> str:
    """An amount with cents and currency, e.g. `1,234.50 GBP`."""
    return NONE if value is None else f"{value:,.2f} {currency_code}"


def count(value: int | None) -> str:
    """A whole number, e.g. `1,234`."""
    return NONE if value is None else f"{value:,}"


def percent(value: float | None) -> str:
    """A share or rate of 0-1 with one decimal, e.g. `12.3%`."""
    return NONE if value is None else f"{value:.1%}"


def change(value: float | None) -> str:
    """A growth rate with its sign, e.g. `+12.3%`."""
    return NONE if value is None else f"{value:+.1%}"


def number(value: float | None) -> str:
    """A number with two decimals, e.g. `1.45`."""
    return NONE if value is None else f"{value:,.2f}"


def counted(value: int, one: str, many: str) -> str:
    """A number and what it counts, e.g. `1 order`, `2 orders`."""
    return f"{value:,} {one if value == 1 else many}"


def signed(value: Decimal, currency_code: str) -> str:
    """A change of an amount with its sign, e.g. `+1,234.50 GBP`."""
    return f"{value:+,.2f} {currency_code}"


def listed(parts: Sequence[str]) -> str:
    """Parts as a sentence says them, e.g. `a, b and c`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
