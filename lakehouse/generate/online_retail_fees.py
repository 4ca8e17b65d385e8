"""What stands in the wholesaler's books besides goods: fees, stock notes, one huge mistake."""

import numpy as np

from lakehouse.generate.online_retail_catalogue import HUGE_NAME, Catalogue
from lakehouse.generate.online_retail_customers import EIRE, UNITED_KINGDOM
from lakehouse.generate.online_retail_documents import (
    ADJUSTMENT,
    CANCELLATION,
    NOTES,
    SPECIALS,
    Documents,
    Stretch,
    single_lines,
    special,
)
from lakehouse.generate.seeds import Flags, pick

NOTES_PER_INVOICE = 0.155
"""Stock notes for each invoice of goods, so that 0.6% of the lines have price 0."""


def stock_notes(
    rng: np.random.Generator, stretch: Stretch, invoices: int, catalogue: Catalogue
) -> Documents:
    """Return corrections of the stock: one line at price 0, more than half of them negative."""
    count = max(1, round(invoices * NOTES_PER_INVOICE))
    product = rng.integers(0, catalogue.size, count)
    note = pick(rng, np.array(list(NOTES.values()), dtype=np.float64), count)
    pieces = np.exp(rng.normal(2.8, 1.3, count)).astype(np.int64) + 1
    named = rng.random(count) < 0.12
    return single_lines(
        time=stretch.minutes(stretch.shares(rng, count)),
        prefix=0,
        code=product,
        description=np.where(named, product, 2 * catalogue.size + len(SPECIALS) + note),
        quantity=np.where(rng.random(count) < 0.557, -pieces, pieces),
        price=np.zeros(count),
    )


def extra_lines(
    rng: np.random.Generator, sold: Documents, catalogue: Catalogue, is_first: bool
) -> Documents:
    """Return fee lines for some of the invoices: no documents of their own.

    The result's lines point at the documents of `sold`; it must be put right behind `sold`.
    """
    count = len(sold.time)
    is_foreign = (sold.country != UNITED_KINGDOM) & (sold.customer >= 0)
    is_public = sold.customer < 0
    chance = rng.random
    kinds: list[tuple[str, Flags, float, float]] = [
        ("POST", is_foreign & (sold.country != EIRE) & (chance(count) < 0.35), 18.0, 0.0),
        ("C2", (sold.country == EIRE) & (chance(count) < 0.5), 50.0, 0.0),
        ("DOT", is_public & (chance(count) < 0.45), 18.0, 1.2),
        ("M", chance(count) < 0.02, 4.0, 1.2),
        ("m", is_public & (chance(count) < 0.003), 2.55, 0.3),
        ("PADS", ~is_public & (chance(count) < 0.0005), 0.001, 0.0),
        ("TEST001", ~is_public & (chance(count) < 0.0004), 4.5, 0.0),
        ("gift_0001_10", is_public & (chance(count) < 0.005), 8.51, 0.0),
        ("gift_0001_20", is_public & (chance(count) < 0.009), 17.02, 0.0),
        ("gift_0001_30", is_public & (chance(count) < 0.009), 25.53, 0.0),
        ("gift_0001_50", is_public & (chance(count) < 0.003), 42.55, 0.0),
    ]
    docs, codes, prices = [], [], []
    for code, eligible, price, spread in kinds:
        chosen = np.flatnonzero(eligible)
        if is_first and not len(chosen):
            chosen = np.array([count // 2])
        docs.append(chosen)
        codes.append(np.full(len(chosen), special(catalogue, code)))
        prices.append(np.round(price * np.exp(rng.normal(0, 1, len(chosen)) * spread), 3))
    doc, code_index = np.concatenate(docs), np.concatenate(codes)
    none = np.zeros(0, dtype=np.int64)
    return Documents(
        time=none,
        prefix=none,
        customer=none,
        country=none,
        doc=doc,
        code=code_index,
        description=code_index,
        quantity=np.ones(len(doc), dtype=np.int64),
        price=np.where(np.concatenate(prices) > 0.01, np.concatenate(prices).round(2), 0.001),
        delay=np.zeros(len(doc), dtype=np.int64),
    )


def fees(
    rng: np.random.Generator,
    stretch: Stretch,
    invoices: int,
    catalogue: Catalogue,
    at_least_one: bool,
) -> list[Documents]:
    """Return documents of one line that are about no goods: charges, discounts, bad debt.

    Args:
        rng: the chunk's generator.
        stretch: where they lie.
        invoices: how many invoices of goods the stretch has.
        catalogue: the products.
        at_least_one: whether the first part of the period has one of each kind in any case.
    """
    kinds = (
        ("M", CANCELLATION, 0.0134, 40.0, 1.5),
        ("D", CANCELLATION, 0.0044, 20.0, 1.0),
        ("S", CANCELLATION, 0.0026, 60.0, 1.0),
        ("BANK CHARGES", CANCELLATION, 0.0020, 15.0, 1.5),
        ("AMAZONFEE", CANCELLATION, 0.0010, 700.0, 0.8),
        ("CRUK", CANCELLATION, 0.0004, 20.0, 1.0),
        ("BANK CHARGES", 0, 0.0005, 15.0, 0.0),
        ("ADJUST", 0, 0.0017, 120.0, 0.7),
        ("B", ADJUSTMENT, 0.0001, -1_200.0, 0.7),
    )
    made = []
    for code, prefix, rate, price, spread in kinds:
        count = int(invoices * rate + rng.random())
        if at_least_one and stretch.part == 0:
            count = max(1, count)
        line = np.full(count, special(catalogue, code))
        made.append(
            single_lines(
                time=stretch.minutes(stretch.shares(rng, count)),
                prefix=prefix,
                code=line,
                description=line,
                quantity=np.full(count, -1 if prefix == CANCELLATION else 1),
                price=np.round(price * np.exp(rng.normal(0, 1, count) * spread), 2),
            )
        )
    return made


def huge_order(
    rng: np.random.Generator, stretch: Stretch, catalogue: Catalogue, customer: int
) -> Documents:
    """Return an order of 80,995 pieces, and its cancellation 12 minutes later."""
    product = catalogue.codes.index(HUGE_NAME[0]).as_py()
    start = stretch.minutes(stretch.shares(rng, 1))
    line = np.full(2, product)
    single = single_lines(
        time=np.concatenate([start, start + 720]),
        prefix=0,
        code=line,
        description=line,
        quantity=np.array([80_995, -80_995]),
        price=np.full(2, HUGE_NAME[2] / 100),
    )
    single.prefix[1] = CANCELLATION
    single.customer[:] = customer
    return single
