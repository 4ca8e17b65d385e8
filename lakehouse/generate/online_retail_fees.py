"""What stands in the wholesaler's books besides goods: fees, stock notes, one huge mistake."""

import numpy as np

from lakehouse.generate.online_retail_catalogue import (
    DATA,
    EIRE,
    SPECIALS,
    UNITED_KINGDOM,
    Catalogue,
)
from lakehouse.generate.online_retail_documents import (
    CANCELLATION,
    PREFIXES,
    Documents,
    Stretch,
    documents,
    special,
)
from lakehouse.generate.seeds import Rng

NOTES_PER_INVOICE = 0.155
"""Stock notes for each invoice of goods, so that 0.6% of the lines have price 0."""


def stock_notes(rng: Rng, stretch: Stretch, invoices: int, catalogue: Catalogue) -> Documents:
    """Return corrections of the stock: one line at price 0, more than half of them negative."""
    count = max(1, round(invoices * NOTES_PER_INVOICE))
    product = rng.integers(0, catalogue.size, count)
    note = DATA.notes.draw(rng, count)
    pieces = np.exp(rng.normal(2.8, 1.3, count)).astype(np.int64) + 1
    named = rng.random(count) < 0.12
    return documents(
        time=stretch.minutes(stretch.shares(rng, count)),
        code=product,
        description=np.where(named, product, 2 * catalogue.size + len(SPECIALS) + note),
        quantity=np.where(rng.random(count) < 0.557, -pieces, pieces),
        price=np.zeros(count),
    )


def surcharges(rng: Rng, sold: Documents, catalogue: Catalogue, is_first: bool) -> Documents:
    """Return fee lines for some invoices: no documents of their own, to be put behind `sold`.

    Args:
        rng: the chunk's generator.
        sold: the invoices.
        catalogue: the products.
        is_first: whether one of each kind must be there in any case.
    """
    count = len(sold.time)
    is_public, is_irish = sold.customer < 0, sold.country == EIRE
    groups = {
        "all": np.ones(count, dtype=np.bool_),
        "public": is_public,
        "known": ~is_public,
        "EIRE": is_irish,
        "foreign": ~is_public & ~is_irish & (sold.country != UNITED_KINGDOM),
    }
    charged = [groups[fee.of] & (rng.random(count) < fee.share) for fee in DATA.surcharges]
    docs, codes, prices = [], [], []
    for fee, is_charged in zip(DATA.surcharges, charged, strict=True):
        chosen = np.flatnonzero(is_charged)
        if is_first and not len(chosen):
            chosen = np.array([count // 2])
        docs.append(chosen)
        codes.append(np.full(len(chosen), special(catalogue, fee.code)))
        pounds = fee.pounds * np.exp(rng.normal(0, 1, len(chosen)) * fee.spread)
        prices.append(np.round(pounds, 3))
    code, price = np.concatenate(codes), np.concatenate(prices)
    return documents(
        time=np.zeros(0, dtype=np.int64),
        code=code,
        description=code,
        price=np.where(price > 0.01, price.round(2), 0.001),
        doc=np.concatenate(docs) - count,
    )


def fees(
    rng: Rng, stretch: Stretch, invoices: int, catalogue: Catalogue, at_least_one: bool
) -> list[Documents]:
    """Return documents of one line that are about no goods: charges, discounts, bad debt.

    Args:
        rng: the chunk's generator.
        stretch: where they lie.
        invoices: how many invoices of goods the stretch has.
        catalogue: the products.
        at_least_one: whether the first part of the period has one of each kind in any case.
    """
    made = []
    for fee in DATA.fees:
        count = int(invoices * fee.share + rng.random())
        if at_least_one and stretch.part == 0:
            count = max(1, count)
        line = np.full(count, special(catalogue, fee.code))
        made.append(
            documents(
                time=stretch.minutes(stretch.shares(rng, count)),
                prefix=PREFIXES.index(fee.of),
                code=line,
                description=line,
                quantity=-1 if fee.of == "C" else 1,
                price=np.round(fee.pounds * np.exp(rng.normal(0, 1, count) * fee.spread), 2),
            )
        )
    return made


def huge_order(rng: Rng, stretch: Stretch, catalogue: Catalogue, customer: int) -> Documents:
    """Return an order of 80,995 pieces, and its cancellation 12 minutes later."""
    start = stretch.minutes(stretch.shares(rng, 1))
    line = np.full(2, catalogue.position(DATA.huge.code))
    return documents(
        time=np.concatenate([start, start + 720]),
        code=line,
        description=line,
        price=np.full(2, DATA.huge.pence / 100),
        prefix=np.array([0, CANCELLATION]),
        customer=customer,
        quantity=np.array([80_995, -80_995]),
    )
