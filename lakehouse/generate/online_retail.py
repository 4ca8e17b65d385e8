"""Sample of UCI *Online Retail II*: a giftware wholesaler, December 2009 to December 2011.

Two yearly sheets follow each other in one file, and both hold the first days of December 2010:
the same lines stand in it twice, as in the real file. A chunk is a slice of time with whole
documents; a cancellation refers to a sale earlier in its own chunk.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from lakehouse.generate.csv_lines import (
    Lines,
    blank_unless,
    concat,
    from_columns,
    integers,
    numbers,
    quoted,
    strings,
    take,
    timestamps,
)
from lakehouse.generate.online_retail_catalogue import (
    MAX_PRODUCTS,
    PAIRED_NAMES,
    Catalogue,
    build,
)
from lakehouse.generate.online_retail_customers import COUNTRIES, Customers, customers
from lakehouse.generate.online_retail_documents import (
    NOTES,
    SPECIALS,
    Documents,
    Stretch,
    together,
)
from lakehouse.generate.online_retail_fees import extra_lines, fees, huge_order, stock_notes
from lakehouse.generate.online_retail_sales import cancellations, sales
from lakehouse.generate.plan import Chunk, PlantedPair, ShopPlan
from lakehouse.generate.seeds import Floats, apportion, generator
from lakehouse.generate.timeline import Calendar, timeline

SHOP = "online_retail"
FILE = "online_retail_II.csv"
HEADERS = {
    FILE: (
        "Invoice",
        "StockCode",
        "Description",
        "Quantity",
        "InvoiceDate",
        "Price",
        "Customer ID",
        "Country",
    )
}
ROWS = 54_000
"""About how many rows there are at scale 1; the real file has twenty times as many."""
INVOICES = 2_000
"""Invoices of goods at scale 1."""
PLANTED_PAIRS = tuple(
    PlantedPair(PAIRED_NAMES[i][0], PAIRED_NAMES[i + 1][0], 0.10)
    for i in range(0, len(PAIRED_NAMES), 2)
)
"""Stock codes bought together on one invoice; eligible are the invoices of two lines and more."""
RESCUED_ROWS = {FILE: 3}
"""Two rows end before the country, one has a price with a pound sign; from 10,000 rows on."""

PERIODS = (
    ("2009-12-01T07:45:00", "2010-12-01T08:26:00"),
    ("2010-12-01T08:26:00", "2010-12-09T20:02:00"),
    ("2010-12-09T20:02:00", "2011-12-09T12:51:00"),
)
SHEETS = ((0, 1), (1, 2))
"""The periods of each yearly sheet: the middle one stands in both."""

# Online Retail II: thousands of lines by month, December 2009 to December 2011, without the
# lines that both sheets hold.
_MONTHS_2010 = (32, 29, 42, 34, 35, 40, 33, 33, 42, 59, 78, 43)
_MONTHS_2011 = (35, 28, 37, 30, 37, 37, 40, 35, 50, 61, 85, 80)
_MONTHS = np.array([45, *_MONTHS_2010, *_MONTHS_2011], dtype=np.float64)
_WEEKDAYS = np.array([177.0, 184.0, 173.0, 190.0, 144.0, 0.4, 130.0])
_HOURS = np.array(
    [0.0] * 7 + [1, 15, 64, 87, 114, 150, 141, 133, 127, 88, 54, 16, 9, 2] + [0.0] * 3
)
DUPLICATE_LINES_SHARE = 0.011
"""Online Retail II: exact duplicates besides those of the two sheets' overlap."""
_FIRST_INVOICE = 489_434
_NUMBERS_PER_INVOICE = 1.72
"""Online Retail II: numbers from the first invoice to the last, for each invoice of goods and
everything else that has a number."""
_CHUNK_INVOICES = 6_000
_SPOILED_ROWS = (1_203, 2_477, 3_611)
_SPOILED_FROM_ROWS = 10_000


@dataclass(frozen=True)
class _Shop:
    """What all chunks share."""

    seed: int
    catalogue: Catalogue
    customers: Customers
    years: tuple[int, int]
    pairs: tuple[tuple[int, int, float], ...]
    codes: pa.StringArray
    descriptions: pa.StringArray


def plan(scale: float, seed: int) -> ShopPlan:
    """Return the plan of the one file: about 54,000 rows at scale 1, the real size at 20.

    Customers and invoices grow with the scale, products with its square root, as long as there
    are fewer than in the real shop. The number of rows in the plan is approximate.
    """
    periods = [timeline(start, end, _busyness) for start, end in PERIODS]
    catalogue = build(min(MAX_PRODUCTS, max(100, round(1_000 * scale**0.5))), seed)
    shop = _Shop(
        seed=seed,
        catalogue=catalogue,
        customers=customers(scale, seed),
        years=(periods[0].start, periods[-1].end),
        pairs=tuple(
            (
                _position(catalogue, pair.item_a),
                _position(catalogue, pair.item_b),
                pair.basket_share,
            )
            for pair in PLANTED_PAIRS
        ),
        codes=_both(catalogue.codes, quoted(SPECIALS)),
        descriptions=_both(catalogue.descriptions, quoted([*SPECIALS.values(), *NOTES])),
    )
    counts = apportion(max(3, round(INVOICES * scale)), np.array([p.work for p in periods]))
    by_period: list[list[Chunk]] = []
    number = _FIRST_INVOICE
    for index, (period, count) in enumerate(zip(periods, counts.tolist(), strict=True)):
        parts = max(1, -(-count // _CHUNK_INVOICES))
        by_period.append([])
        for part, invoices in enumerate(apportion(count, np.ones(parts)).tolist()):
            stretch = Stretch(period, part, parts, is_second_year=index > 0)
            by_period[-1].append(partial(_chunk, shop, stretch, index, invoices, number))
            number += int(invoices * _NUMBERS_PER_INVOICE) + 60
    return ShopPlan(
        shop=SHOP,
        headers=HEADERS,
        rows={FILE: round(ROWS * scale)},
        chunks=[chunk for sheet in SHEETS for index in sheet for chunk in by_period[index]],
    )


def _busyness(calendar: Calendar) -> Floats:
    """Weight of an hour: months and weekdays as in the real file, shut from 24 December on."""
    index = (calendar.year - 2009) * 12 + calendar.month - 12
    is_shut = ((calendar.month == 12) & (calendar.day >= 24)) | (
        (calendar.month == 1) & (calendar.day <= 3)
    )
    weight = _MONTHS[index] * _WEEKDAYS[calendar.weekday] * _HOURS[calendar.hour]
    return np.where(is_shut, 0.0, weight)


def _chunk(
    shop: _Shop, stretch: Stretch, period: int, invoices: int, number: int
) -> Mapping[str, Lines]:
    rng = generator(shop.seed, SHOP, period, stretch.part)
    shares = stretch.shares(rng, invoices)
    sold = sales(rng, stretch, shares, shop.catalogue, shop.customers, shop.years, shop.pairs)
    is_first = period == 0 and stretch.part == 0
    parts = [sold, cancellations(rng, stretch, shares, sold)]
    parts.append(stock_notes(rng, stretch, invoices, shop.catalogue))
    parts += fees(rng, stretch, invoices, shop.catalogue, at_least_one=period != 1)
    if period == len(PERIODS) - 1 and stretch.part == stretch.parts - 1:
        parts.append(huge_order(rng, stretch, shop.catalogue, customer=0))
    documents = together(parts)
    extra = extra_lines(rng, sold, shop.catalogue, is_first)
    return {FILE: _rendered(rng, shop, _with_lines(documents, extra), number, is_first)}


def _with_lines(documents: Documents, extra: Documents) -> Documents:
    """Return the documents with the lines of `extra`, which point at the first of them."""
    return Documents(
        documents.time,
        documents.prefix,
        documents.customer,
        documents.country,
        *(
            np.concatenate([getattr(documents, name), getattr(extra, name)])
            for name in ("doc", "code", "description", "quantity", "price", "delay")
        ),
    )


def _rendered(
    rng: np.random.Generator, shop: _Shop, documents: Documents, number: int, is_first: bool
) -> Lines:
    """Number the documents by time, put their lines behind one another, repeat a few."""
    by_time = np.argsort(documents.time, kind="stable")
    rank = np.empty(len(by_time), dtype=np.int64)
    rank[by_time] = np.arange(len(by_time))
    line = np.argsort(rank[documents.doc] * 2 + (documents.delay > 0), kind="stable")
    line = np.repeat(line, 1 + (rng.random(len(line)) < DUPLICATE_LINES_SHARE))
    doc = documents.doc[line]
    customer = documents.customer[doc]
    columns: list[pa.StringArray | str] = [
        concat(take(strings(["", "C", "A"]), documents.prefix[doc]), integers(number + rank[doc])),
        take(shop.codes, documents.code[line]),
        take(shop.descriptions, documents.description[line]),
        integers(documents.quantity[line]),
        timestamps(documents.time[doc] + documents.delay[line]),
        numbers(documents.price[line]),
        blank_unless(concat(integers(shop.customers.ids[customer]), ".0"), customer >= 0),
        take(strings(COUNTRIES), documents.country[doc]),
    ]
    return from_columns(columns, spoiled=_spoiled(columns) if is_first else None)


def _spoiled(columns: list[pa.StringArray | str]) -> dict[int, str]:
    """Return rows that were cut off, or have a price with its currency; none in a small file."""
    if len(columns[0]) < _SPOILED_FROM_ROWS:
        return {}
    rows = {
        row: [str(column[row].as_py()) for column in columns if not isinstance(column, str)]
        for row in _SPOILED_ROWS
    }
    *cut, priced = _SPOILED_ROWS
    rows[priced][5] = "£" + rows[priced][5]
    return {row: ",".join(rows[row][:-1] if row in cut else rows[row]) + "\n" for row in rows}


def _position(catalogue: Catalogue, code: str) -> int:
    return int(catalogue.codes.index(code).as_py())


def _both(first: pa.StringArray, second: pa.StringArray) -> pa.StringArray:
    return pa.concat_arrays([first, second])
