"""Sample of UCI *Online Retail II*: a giftware wholesaler, December 2009 to December 2011.

Two yearly sheets follow each other in one file, and both hold the first days of December 2010:
the same lines stand in it twice, as in the real file. A chunk is a slice of time with whole
documents; a cancellation refers to a sale earlier in its own chunk.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from lakehouse.generate import texts
from lakehouse.generate.online_retail_catalogue import (
    COUNTRIES,
    DATA,
    MAX_PRODUCTS,
    Catalogue,
    build,
)
from lakehouse.generate.online_retail_customers import Customers, customers
from lakehouse.generate.online_retail_documents import PREFIXES, Documents, Stretch, together
from lakehouse.generate.online_retail_fees import fees, huge_order, stock_notes, surcharges
from lakehouse.generate.online_retail_sales import cancellations, sales
from lakehouse.generate.plan import Chunk, Pieces, PlantedPair, ShopPlan
from lakehouse.generate.seeds import Floats, Rng, apportion, generator
from lakehouse.generate.timeline import Calendar, timeline


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


SHOP = "online_retail"
FILE = "online_retail_II.csv"
_DIRT = texts.Dirt(cut=(1_203, 2_477), odd=3_611, column="Price", form="£{}", least_rows=10_000)
RESCUED_ROWS = {FILE: _DIRT.count}
"""Rows that end before the country, or have a price with a pound sign; from 10,000 rows on."""
ROWS = 54_000
"""About how many rows there are at scale 1; the real file has twenty times as many."""
INVOICES = 2_000
"""Invoices of goods at scale 1."""
PLANTED_PAIRS = tuple(PlantedPair(a.code, b.code, 0.10) for a, b in DATA.pairs)
"""Stock codes bought together on one invoice; eligible are the invoices of two lines and more."""

PERIODS = (
    ("2009-12-01T07:45:00", "2010-12-01T08:26:00"),
    ("2010-12-01T08:26:00", "2010-12-09T20:02:00"),
    ("2010-12-09T20:02:00", "2011-12-09T12:51:00"),
)
SHEETS = ((0, 1), (1, 2))
"""The periods of each yearly sheet: the middle one stands in both."""

_MONTHS, _WEEKDAYS, _HOURS = map(np.array, (DATA.months, DATA.weekdays, DATA.hours))
DUPLICATE_LINES_SHARE = 0.011
"""Online Retail II: exact duplicates besides those of the two sheets' overlap."""
_FIRST_INVOICE = 489_434
_NUMBERS_PER_INVOICE = 1.72
"""Online Retail II: numbers from the first invoice to the last, for each invoice of goods and
everything else that has a number."""
_CHUNK_INVOICES = 6_000


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
            (catalogue.position(a.code), catalogue.position(b.code), pair.basket_share)
            for (a, b), pair in zip(DATA.pairs, PLANTED_PAIRS, strict=True)
        ),
        codes=pa.concat_arrays([catalogue.codes, texts.quoted(DATA.specials)]),
        descriptions=pa.concat_arrays(
            [catalogue.descriptions, texts.quoted([*DATA.specials.values(), *DATA.notes.names])]
        ),
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


def _chunk(shop: _Shop, stretch: Stretch, period: int, invoices: int, number: int) -> Pieces:
    rng = generator(shop.seed, SHOP, period, stretch.part)
    shares = stretch.shares(rng, invoices)
    sold = sales(rng, stretch, shares, shop.catalogue, shop.customers, shop.years, shop.pairs)
    is_first = period == 0 and stretch.part == 0
    parts = [cancellations(rng, stretch, shares, sold)]
    parts.append(stock_notes(rng, stretch, invoices, shop.catalogue))
    parts += fees(rng, stretch, invoices, shop.catalogue, at_least_one=period != 1)
    if period == len(PERIODS) - 1 and stretch.part == stretch.parts - 1:
        parts.append(huge_order(rng, stretch, shop.catalogue, customer=0))
    extra = surcharges(rng, sold, shop.catalogue, is_first)
    documents = together([sold, extra, *parts])
    return {FILE: _written(rng, shop, documents, number, _DIRT if is_first else None)}


def _written(
    rng: Rng, shop: _Shop, documents: Documents, first: int, dirt: texts.Dirt | None
) -> texts.Lines:
    """Number the documents by time, put their lines behind one another, repeat a few."""
    by_time = np.argsort(documents.time, kind="stable")
    rank = np.empty(len(by_time), dtype=np.int64)
    rank[by_time] = np.arange(len(by_time))
    line = np.argsort(rank[documents.doc] * 2 + (documents.delay > 0), kind="stable")
    line = np.repeat(line, 1 + (rng.random(len(line)) < DUPLICATE_LINES_SHARE))
    doc = documents.doc[line]
    customer = documents.customer[doc]
    customer_id = texts.concat(texts.integers(shop.customers.ids[customer]), ".0")
    columns = {
        "Invoice": texts.concat(
            texts.take(texts.strings(PREFIXES), documents.prefix[doc]),
            texts.integers(first + rank[doc]),
        ),
        "StockCode": texts.take(shop.codes, documents.code[line]),
        "Description": texts.take(shop.descriptions, documents.description[line]),
        "Quantity": texts.integers(documents.quantity[line]),
        "InvoiceDate": texts.timestamps(documents.time[doc] + documents.delay[line]),
        "Price": texts.numbers(documents.price[line]),
        "Customer ID": texts.blank_unless(customer_id, customer >= 0),
        "Country": COUNTRIES.at(documents.country[doc]),
    }
    return texts.from_columns(columns, dirt)
