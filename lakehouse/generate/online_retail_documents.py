"""The wholesaler's documents, such as invoices, and their lines; and the time they lie in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lakehouse.generate.online_retail_catalogue import Catalogue
from lakehouse.generate.online_retail_customers import UNITED_KINGDOM
from lakehouse.generate.seeds import Floats, Int64s
from lakehouse.generate.timeline import Timeline

CANCELLATION, ADJUSTMENT = 1, 2


# Online Retail II: its codes that are no products.
SPECIALS = {
    "POST": "POSTAGE",
    "DOT": "DOTCOM POSTAGE",
    "C2": "CARRIAGE",
    "M": "Manual",
    "m": "Manual",
    "D": "Discount",
    "S": "SAMPLES",
    "BANK CHARGES": " Bank Charges",
    "AMAZONFEE": "AMAZON FEE",
    "CRUK": "CRUK Commission",
    "ADJUST": "Adjustment at stocktaking, January",
    "PADS": "PADS TO MATCH ALL CUSHIONS",
    "TEST001": "This is a test product.",
    "B": "Adjust bad debt",
    "gift_0001_10": "Gift Voucher £10.00",
    "gift_0001_20": "Gift Voucher £20.00",
    "gift_0001_30": "Gift Voucher £30.00",
    "gift_0001_50": "Gift Voucher £50.00",
}
NOTES = {
    "": 65,
    "check": 8,
    "?": 5,
    "damages": 5,
    "damaged": 4,
    "found": 3,
    "missing": 3,
    "lost": 2,
    "sold as set, on dotcom": 2,
    "adjustment": 1,
    "wet/rusty": 1,
    'thrown away "faulty"': 1,
}
"""Descriptions of stock notes, by weight; most are empty."""


@dataclass(frozen=True)
class Stretch:
    """Part `part` of `parts` equally busy parts of a period of the two years."""

    period: Timeline
    part: int
    parts: int
    is_second_year: bool

    def shares(self, rng: np.random.Generator, count: int) -> Floats:
        """Return moments of this part, as shares of the period's work."""
        return (self.part + rng.random(count)) / self.parts

    def later(self, rng: np.random.Generator, shares: Floats) -> Floats:
        """Return moments after the given ones, still in this part."""
        room = (self.part + 1) / self.parts - shares
        delay = rng.exponential(0.02, len(shares))
        return shares + np.where(delay < room, delay, room * rng.random(len(shares)))

    def minutes(self, shares: Floats) -> Int64s:
        """Return the moments in seconds since 1970, at full minutes."""
        return self.period.at(shares) // 60 * 60


@dataclass(frozen=True)
class Documents:
    """Documents, and their lines, which point at them.

    Attributes:
        time: seconds since 1970 of each document.
        prefix: 0 none, 1 `C`, 2 `A`.
        customer: index of the customer, -1 for none.
        country: index into COUNTRIES.
        doc: the document of each line.
        code: index into the stock codes: the catalogue's (twice: as they are, in lower case),
            then SPECIALS.
        description: index into the descriptions: the catalogue's (two spellings), then SPECIALS,
            then NOTES.
        quantity: pieces of each line.
        price: pounds for a piece.
        delay: seconds by which the line is later than its document.
    """

    time: Int64s
    prefix: Int64s
    customer: Int64s
    country: Int64s
    doc: Int64s
    code: Int64s
    description: Int64s
    quantity: Int64s
    price: Floats
    delay: Int64s


def special(catalogue: Catalogue, code: str) -> int:
    """Return the index of a special code, the same for codes and descriptions."""
    return 2 * catalogue.size + list(SPECIALS).index(code)


def together(parts: Sequence[Documents]) -> Documents:
    """Return all documents and lines of the parts as one."""
    starts = np.cumsum([0, *(len(part.time) for part in parts)])
    return Documents(
        time=np.concatenate([part.time for part in parts]),
        prefix=np.concatenate([part.prefix for part in parts]),
        customer=np.concatenate([part.customer for part in parts]),
        country=np.concatenate([part.country for part in parts]),
        doc=np.concatenate([part.doc + start for part, start in zip(parts, starts, strict=False)]),
        code=np.concatenate([part.code for part in parts]),
        description=np.concatenate([part.description for part in parts]),
        quantity=np.concatenate([part.quantity for part in parts]),
        price=np.concatenate([part.price for part in parts]),
        delay=np.concatenate([part.delay for part in parts]),
    )


def single_lines(
    time: Int64s, prefix: int, code: Int64s, description: Int64s, quantity: Int64s, price: Floats
) -> Documents:
    """Return documents of one line each, of no known customer."""
    count = len(time)
    return Documents(
        time=time,
        prefix=np.full(count, prefix),
        customer=np.full(count, -1),
        country=np.full(count, UNITED_KINGDOM),
        doc=np.arange(count),
        code=code,
        description=description,
        quantity=quantity,
        price=price,
        delay=np.zeros(count, dtype=np.int64),
    )
