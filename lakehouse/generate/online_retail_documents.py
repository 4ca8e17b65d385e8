"""The wholesaler's documents of one stretch of time: invoices, cancellations, notes and fees."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lakehouse.generate.online_retail_catalogue import HUGE_NAME, Catalogue
from lakehouse.generate.online_retail_customers import EIRE, UNITED_KINGDOM, Customers
from lakehouse.generate.seeds import Flags, Floats, Int64s, pick
from lakehouse.generate.timeline import Timeline


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
NOTES_PER_INVOICE = 0.155
LOWER_CASE_SHARE = 0.06
AWAY_SHARE = 0.2
"""Share of the invoices of a customer with two countries that go to the second."""
TWO_TIMES_SHARE = 2 * 83 / 40_076
"""Online Retail II has half as many invoices with two times; some must be there at scale 1."""
DUPLICATE_LINES_SHARE = 0.011
"""Online Retail II: exact duplicates besides those of the two sheets' overlap."""

# Pieces of a line of a known customer, by weight in thousandths; Online Retail II.
_QUANTITIES = {
    1: 175,
    2: 145,
    12: 150,
    6: 105,
    3: 80,
    4: 85,
    24: 58,
    10: 50,
    8: 30,
    5: 25,
    48: 15,
    25: 12,
    20: 11,
    16: 10,
    36: 9,
    72: 5,
    96: 4,
    100: 3,
    144: 2,
    200: 1,
}
_SEASON_MONTHS = np.array(
    [
        [month in months for month in range(1, 13)]
        for months in ((10, 11, 12), (2, 3, 4), (5, 6, 7, 8), (9, 10))
    ]
)
_OUT_OF_SEASON_SHARE = 0.15


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


def sales(
    rng: np.random.Generator,
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
    many_lines = np.exp(UNKNOWN_LINES_LOG_MEAN + UNKNOWN_LINES_LOG_SD * normal)
    unknown_lines = np.where(small, rng.integers(1, 15, count), many_lines)
    size = np.clip(np.where(is_known, known_lines, unknown_lines), 1, 600).astype(np.int64)
    size[rng.random(count) < 0.06] = 1

    doc = np.repeat(np.arange(count), size)
    product = _in_season(rng, catalogue, time[doc])
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

    values = np.array(list(_QUANTITIES))
    quantity = values[pick(rng, np.array(list(_QUANTITIES.values()), dtype=np.float64), lines)]
    pence = catalogue.pence[product]
    quantity = np.where(pence > 700, -(-quantity // 6), quantity)
    to_public = ~is_known[doc]
    quantity = np.where(to_public, np.minimum(rng.geometric(0.55, lines), quantity), quantity)
    factor = np.where(quantity >= BULK_QUANTITY, BULK_PRICE_FACTOR, 1.0)
    price = np.round(pence * np.where(to_public, UNKNOWN_PRICE_FACTOR, factor)) / 100
    lower = catalogue.has_letter[product] & (rng.random(lines) < LOWER_CASE_SHARE)
    respelt = stretch.is_second_year & (rng.random(lines) < 0.5) & (product % 2 == 0)
    late = (rng.random(count) < TWO_TIMES_SHARE) & (size >= 5)
    return Documents(
        time=time,
        prefix=np.zeros(count, dtype=np.int64),
        customer=customer,
        country=country,
        doc=doc,
        code=product + lower * catalogue.size,
        description=product + respelt * catalogue.size,
        quantity=quantity,
        price=price,
        delay=np.where(late[doc] & (rng.random(lines) < 0.2), 60, 0),
    )


def cancellations(
    rng: np.random.Generator, stretch: Stretch, shares: Floats, sold: Documents
) -> Documents:
    """Return cancellations of some lines of some invoices of known customers, a while later."""
    count = len(sold.time)
    is_chosen = (sold.customer >= 0) & (rng.random(count) < CANCELLED_INVOICES_SHARE)
    wanted = np.where(is_chosen, rng.geometric(1 / CANCELLED_LINES_MEAN, count), 0)
    order = np.argsort(sold.doc + rng.random(len(sold.doc)) * 0.99, kind="stable")
    sizes = np.bincount(sold.doc, minlength=count)
    ordinal = np.arange(len(order)) - (np.cumsum(sizes) - sizes)[sold.doc[order]]
    line = order[ordinal < wanted[sold.doc[order]]]
    chosen = np.flatnonzero(is_chosen)
    new_doc = np.cumsum(is_chosen) - 1
    quantity = sold.quantity[line]
    part = np.maximum(1, (quantity * rng.random(len(line))).astype(np.int64))
    return Documents(
        time=stretch.minutes(stretch.later(rng, shares[chosen])),
        prefix=np.full(len(chosen), CANCELLATION),
        customer=sold.customer[chosen],
        country=sold.country[chosen],
        doc=new_doc[sold.doc[line]],
        code=sold.code[line],
        description=sold.description[line],
        quantity=-np.where(rng.random(len(line)) < 0.5, quantity, part),
        price=sold.price[line],
        delay=np.zeros(len(line), dtype=np.int64),
    )


def stock_notes(
    rng: np.random.Generator, stretch: Stretch, invoices: int, catalogue: Catalogue
) -> Documents:
    """Return corrections of the stock: one line at price 0, more than half of them negative."""
    count = max(1, round(invoices * NOTES_PER_INVOICE))
    product = rng.integers(0, catalogue.size, count)
    note = pick(rng, np.array(list(NOTES.values()), dtype=np.float64), count)
    pieces = np.exp(rng.normal(2.8, 1.3, count)).astype(np.int64) + 1
    named = rng.random(count) < 0.12
    return _single_lines(
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
            _single_lines(
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
    single = _single_lines(
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


def _single_lines(
    time: Int64s, prefix: int, code: Int64s, description: Int64s, quantity: Int64s, price: Floats
) -> Documents:
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


def _in_season(rng: np.random.Generator, catalogue: Catalogue, time: Int64s) -> Int64s:
    """Return a product for each line; of two draws the second where it suits the month better."""
    month = time.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12
    one, two = (
        np.searchsorted(catalogue.shares, rng.random(len(time)), side="right") for _ in range(2)
    )
    one_season, two_season = catalogue.season[one], catalogue.season[two]
    one_fits = _SEASON_MONTHS[one_season, month] & (one_season >= 0)
    two_fits = _SEASON_MONTHS[two_season, month] & (two_season >= 0)
    chance = rng.random(len(time))
    leaves = (one_season >= 0) & ~one_fits & (chance > _OUT_OF_SEASON_SHARE)
    prefers = (one_season < 0) & two_fits & (chance < 0.3)
    return np.where(leaves | prefers, two, one).astype(np.int64)
