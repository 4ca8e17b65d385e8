"""What the wholesaler's customers buy, and what they send back."""

from collections.abc import Sequence

import numpy as np

from lakehouse.generate.catalogue import weights
from lakehouse.generate.online_retail_catalogue import DATA, EIRE, UNITED_KINGDOM, Catalogue
from lakehouse.generate.online_retail_customers import Customers
from lakehouse.generate.online_retail_documents import CANCELLATION, Documents, Stretch, documents
from lakehouse.generate.seeds import Floats, Int64s, Rng, hashed_uniform, members, pick
from lakehouse.generate.timeline import month

KNOWN_SHARE = 36_969 / 40_076
KNOWN_LINES_LOG_MEAN, KNOWN_LINES_LOG_SD = 2.65, 0.95
UNKNOWN_SMALL_SHARE = 0.48
UNKNOWN_LINES_LOG_MEAN, UNKNOWN_LINES_LOG_SD = 4.95, 0.65
"""Online Retail II: invoices of known customers have 21.8 lines, of unknown ones 76."""
UNKNOWN_PRICE_FACTOR = 1.967
"""Online Retail II: 1.25 is 2.46 and 2.10 is 4.13 to the public."""
BULK_QUANTITY, BULK_PRICE_FACTOR = 48, 0.86
CANCELLED_INVOICES_SHARE = 0.225
CANCELLED_LINES_MEAN = 2.35
LOWER_CASE_SHARE = 0.06
AWAY_SHARE = 0.2
"""Share of the invoices of a customer with two countries that go to the second."""
TWO_TIMES_SHARE = 2 * 83 / 40_076
"""Online Retail II has half as many invoices with two times; some must be there at scale 1."""

PLANTED_TASTES = 12
"""Tastes of known customers; who shares one buys the same products, beyond what all buy; chosen."""
TASTE_PRODUCTS = 40
"""Products of a taste, drawn by popularity."""
TASTE_SHARE = 0.5
"""Share of a known customer's lines that are of their taste."""

_SEASON_MONTHS = np.array(
    [[number in season.months for number in range(1, 13)] for season in DATA.seasons.values()]
)
_OUT_OF_SEASON_SHARE = 0.15


def sales(
    rng: Rng,
    stretch: Stretch,
    shares: Floats,
    catalogue: Catalogue,
    customers: Customers,
    years: tuple[int, int],
    pairs: Sequence[tuple[int, int, float]],
) -> Documents:
    """Return one invoice for each moment, with its goods.

    Args:
        rng: the chunk's generator.
        stretch: the stretch the moments lie in.
        shares: the moments.
        catalogue: the products.
        customers: the known customers.
        years: first and last second of the two years.
        pairs: products planted together: their positions, and the share of the invoices.
    """
    count = len(shares)
    time = stretch.minutes(shares)
    is_known = rng.random(count) < KNOWN_SHARE
    moment = (time - years[0]) / (years[1] - years[0])
    customer = np.where(is_known, customers.buying_at(rng, moment), -1)
    travels = rng.random(count) < AWAY_SHARE
    home = np.where(travels, customers.other_country[customer], customers.country[customer])
    abroad = np.where(rng.random(count) < 0.012, EIRE, UNITED_KINGDOM)
    country = np.where(is_known, home, abroad)

    small = rng.random(count) < UNKNOWN_SMALL_SHARE
    normal = rng.normal(0.0, 1.0, count)
    known_lines = np.exp(KNOWN_LINES_LOG_MEAN + KNOWN_LINES_LOG_SD * normal)
    known_lines *= customers.lines[customer]
    many_lines = np.exp(UNKNOWN_LINES_LOG_MEAN + UNKNOWN_LINES_LOG_SD * normal)
    unknown_lines = np.where(small, rng.integers(1, 15, count), many_lines)
    size = np.clip(np.where(is_known, known_lines, unknown_lines), 1, 600).astype(np.int64)
    size[rng.random(count) < 0.06] = 1

    doc = np.repeat(np.arange(count), size)
    product = _in_season(rng, catalogue, time[doc], _wishes(rng, customer[doc]))
    planted_docs: list[Int64s] = [doc]
    planted_products: list[Int64s] = [product]
    for item_a, item_b, share in pairs:
        chosen = np.flatnonzero((size >= 2) & (rng.random(count) < share))
        planted_docs += [chosen, chosen]
        planted_products += [np.full(len(chosen), item_a), np.full(len(chosen), item_b)]
    doc, product = np.concatenate(planted_docs), np.concatenate(planted_products)
    # A product stands once on an invoice, or chance would make exact duplicates.
    _, once = np.unique(doc * catalogue.size + product, return_index=True)
    doc, product = doc[np.sort(once)], product[np.sort(once)]
    lines = len(doc)

    quantity = np.array(list(DATA.quantities))[pick(rng, weights(DATA.quantities), lines)]
    pence = catalogue.pence[product]
    quantity = np.where(pence > 700, -(-quantity // 6), quantity)
    to_public = ~is_known[doc]
    quantity = np.where(to_public, np.minimum(rng.geometric(0.55, lines), quantity), quantity)
    factor = np.where(quantity >= BULK_QUANTITY, BULK_PRICE_FACTOR, 1.0)
    price = np.round(pence * np.where(to_public, UNKNOWN_PRICE_FACTOR, factor)) / 100
    lower = catalogue.has_letter[product] & (rng.random(lines) < LOWER_CASE_SHARE)
    respelt = stretch.is_second_year & (rng.random(lines) < 0.5) & (product % 2 == 0)
    late = (rng.random(count) < TWO_TIMES_SHARE) & (size >= 5)
    return documents(
        time=time,
        customer=customer,
        country=country,
        doc=doc,
        code=product + lower * catalogue.size,
        description=product + respelt * catalogue.size,
        quantity=quantity,
        price=price,
        delay=np.where(late[doc] & (rng.random(lines) < 0.2), 60, 0),
    )


def cancellations(rng: Rng, stretch: Stretch, shares: Floats, sold: Documents) -> Documents:
    """Return cancellations of some lines of some invoices of known customers, a while later."""
    count = len(sold.time)
    is_chosen = (sold.customer >= 0) & (rng.random(count) < CANCELLED_INVOICES_SHARE)
    wanted = np.where(is_chosen, rng.geometric(1 / CANCELLED_LINES_MEAN, count), 0)
    order = np.argsort(sold.doc + rng.random(len(sold.doc)) * 0.99, kind="stable")
    doc, ordinal = members(np.bincount(sold.doc, minlength=count))
    line = order[ordinal < wanted[doc]]
    chosen = np.flatnonzero(is_chosen)
    new_doc = np.cumsum(is_chosen) - 1
    quantity = sold.quantity[line]
    part = np.maximum(1, (quantity * rng.random(len(line))).astype(np.int64))
    return documents(
        time=stretch.minutes(stretch.later(rng, shares[chosen])),
        prefix=CANCELLATION,
        customer=sold.customer[chosen],
        country=sold.country[chosen],
        doc=new_doc[sold.doc[line]],
        code=sold.code[line],
        description=sold.description[line],
        quantity=-np.where(rng.random(len(line)) < 0.5, quantity, part),
        price=sold.price[line],
    )


def _wishes(rng: Rng, customer: Int64s) -> Floats:
    """Return for each line a share of all sales, of a customer's taste often that of its products.

    Args:
        rng: the chunk's generator.
        customer: of each line, -1 where it is not known.
    """
    product = rng.integers(0, TASTE_PRODUCTS, len(customer))
    taste = hashed_uniform(customer % PLANTED_TASTES * TASTE_PRODUCTS + product, 0)
    is_own = (customer >= 0) & (rng.random(len(customer)) < TASTE_SHARE)
    return np.where(is_own, taste, rng.random(len(customer)))


def _in_season(rng: Rng, catalogue: Catalogue, time: Int64s, wish: Floats) -> Int64s:
    """Return a product for each line: that of its wish, or another that suits the month better."""
    now = month(time)
    one, two = (
        np.searchsorted(catalogue.shares, share, side="right")
        for share in (wish, rng.random(len(time)))
    )
    one_season, two_season = catalogue.season[one], catalogue.season[two]
    one_fits = _SEASON_MONTHS[one_season, now] & (one_season >= 0)
    two_fits = _SEASON_MONTHS[two_season, now] & (two_season >= 0)
    chance = rng.random(len(time))
    leaves = (one_season >= 0) & ~one_fits & (chance > _OUT_OF_SEASON_SHARE)
    prefers = (one_season < 0) & two_fits & (chance < 0.3)
    return np.where(leaves | prefers, two, one).astype(np.int64)
