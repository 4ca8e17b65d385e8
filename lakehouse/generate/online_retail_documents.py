"""The wholesaler's documents, such as invoices, and their lines; and the time they lie in."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from lakehouse.generate.online_retail_catalogue import SPECIALS, UNITED_KINGDOM, Catalogue
from lakehouse.generate.seeds import Floats, Int64s, Rng, firsts
from lakehouse.generate.timeline import Timeline

PREFIXES = ("", "C", "A")
"""Of the numbers of invoices, cancellations and adjustments."""
CANCELLATION = PREFIXES.index("C")


@dataclass(frozen=True)
class Stretch:
    """Part `part` of `parts` equally busy parts of a period of the two years."""

    period: Timeline
    part: int
    parts: int
    is_second_year: bool

    def shares(self, rng: Rng, count: int) -> Floats:
        """Return moments of this part, as shares of the period's work."""
        return (self.part + rng.random(count)) / self.parts

    def later(self, rng: Rng, shares: Floats) -> Floats:
        """Return moments after the given ones, still in this part."""
        room = (self.part + 1) / self.parts - shares
        delay = rng.exponential(0.02, len(shares))
        return shares + np.where(delay < room, delay, room * rng.random(len(shares)))

    def minutes(self, shares: Floats) -> Int64s:
        """Return the moments in seconds since 1970, at full minutes."""
        return self.period.at(shares) // 60 * 60


@dataclass(frozen=True)
class Documents:
    """Documents, and their lines, which point at them."""

    time: Int64s  # seconds since 1970 of each document
    prefix: Int64s  # index into PREFIXES
    customer: Int64s  # index of the customer, -1 for none
    country: Int64s  # index into COUNTRIES
    # The document of each line, counted from the first of these; below 0 it is one of those that
    # these are put behind.
    doc: Int64s
    # Index into the stock codes: the catalogue's (twice: as they are, in lower case), then
    # SPECIALS.
    code: Int64s
    # Index into the descriptions: the catalogue's (two spellings), then those of SPECIALS, then
    # the notes.
    description: Int64s
    quantity: Int64s  # pieces of each line
    price: Floats  # pounds for a piece
    delay: Int64s  # seconds by which the line is later than its document


def special(catalogue: Catalogue, code: str) -> int:
    """Return the index of a special code, the same for codes and descriptions."""
    return 2 * catalogue.size + SPECIALS.index(code)


def together(parts: Sequence[Documents]) -> Documents:
    """Return all documents and lines of the parts as one."""
    starts = firsts(np.array([len(part.time) for part in parts]))
    moved = [replace(part, doc=part.doc + start) for part, start in zip(parts, starts, strict=True)]
    names = [field.name for field in fields(Documents)]
    return Documents(*(np.concatenate([getattr(part, name) for part in moved]) for name in names))


def documents(
    time: Int64s,
    code: Int64s,
    description: Int64s,
    price: Floats,
    *,
    doc: Int64s | None = None,
    prefix: int | Int64s = 0,
    customer: int | Int64s = -1,
    country: int | Int64s = UNITED_KINGDOM,
    quantity: int | Int64s = 1,
    delay: int | Int64s = 0,
) -> Documents:
    """Return documents and their lines, by default one line each and of no known customer."""
    many, lines = len(time), len(code)
    return Documents(
        time=time,
        prefix=np.broadcast_to(prefix, many),
        customer=np.broadcast_to(customer, many),
        country=np.broadcast_to(country, many),
        doc=np.arange(many) if doc is None else doc,
        code=code,
        description=description,
        quantity=np.broadcast_to(quantity, lines),
        price=price,
        delay=np.broadcast_to(delay, lines),
    )
