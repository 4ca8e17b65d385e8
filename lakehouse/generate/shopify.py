"""Sample of a Shopify shop: its standard exports of orders, products and customers.

The files have the published layout, with all that makes it awkward: one row per line item, where
only the first row of an order says what is true of the whole order; refunds that belong to an
order and to none of its lines; orders in three currencies; products whose variants and further
pictures are rows that leave out what the first row said; zips and ids behind an apostrophe.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from lakehouse.generate import texts
from lakehouse.generate.catalogue import CatalogueFile, Choices, read_catalogue, weights
from lakehouse.generate.plan import Pieces, PlantedPair, ShopPlan
from lakehouse.generate.seeds import Flags, Floats, Int64s, Rng, generator, hashed_uniform, pick
from lakehouse.generate.timeline import DAY, Calendar, timeline


class Product(NamedTuple):
    """A product: price and cost in cents, the weight of its sales, the values of its option."""

    title: str
    vendor: str
    category: str
    kind: str
    option: str
    price: int
    cost: int
    weight: float
    values: tuple[str, ...]


class GiftCard(NamedTuple):
    """The gift card: its price in cents, and its share of the lines."""

    title: str
    price: int
    share: float


class Place(NamedTuple):
    """A city; `weight` is its share of the customers."""

    city: str
    province: str
    province_name: str
    postal: str
    country: str
    currency: str
    tax_rate: float
    weight: float


class Term(NamedTuple):
    """A discount or a way of shipping: the part it takes off, or its price in cents."""

    value: float
    weight: float


class Data(CatalogueFile):
    """The keys of `catalogues/shopify.yml`, which says what they are."""

    headers: dict[str, tuple[str, ...]]
    products: tuple[Product, ...]
    gift_card: GiftCard
    pairs: tuple[tuple[str, str, float], ...]
    first_names: Choices
    last_names: Choices
    streets: Choices
    places: tuple[Place, ...]
    financial_statuses: Choices
    discounts: dict[str, Term]
    shipping: dict[str, Term]
    payments: Choices


SHOP = "shopify"
DATA = read_catalogue(SHOP, Data)
ORDERS = "orders_export_1.csv"
PRODUCTS = "products_export_1.csv"
CUSTOMERS = "customers_export.csv"
ORDER_COUNT = 3_000
"""Orders at scale 1."""
ORDERS_PER_CUSTOMER = 2.5
LINES_PER_ORDER = (0.46, 0.30, 0.16, 0.08)
RESCUED_ROWS = {ORDERS: 1}
"""One quantity is written in words, from 1,000 orders on; not in an order's first row."""
START, END = "2023-07-01", "2025-07-01"
NO_EMAIL_SHARE = 0.03
"""Orders at the counter, of customers who left no address."""
CLOTHES = ("Shirts", "Hoodies")
ZONE = " -0700"
ZONE_SECONDS = -7 * 3_600

_CHUNK_ORDERS = 3_000
_DIRT_FROM_LINE = 500
_DIRTY_ORDERS = 1_000
PLANTED_PAIRS = tuple(PlantedPair(*pair) for pair in DATA.pairs)
"""SKUs bought together in one order; eligible are the orders of two lines and more."""


@dataclass(frozen=True)
class _Variants:
    """What is sold, one value per variant; the gift card, which has no SKU, comes last."""

    sku: Sequence[str]
    name: Sequence[str]
    vendor: Sequence[str]
    price: Int64s
    weight: Floats
    lines: texts.Lines


@dataclass(frozen=True)
class _Orders:
    """Orders, one value each; amounts in cents of the order's currency, times in seconds (UTC)."""

    number: Int64s
    customer: Int64s
    place: Int64s
    created: Int64s
    status: Int64s
    discount: Int64s
    shipping: Int64s
    payment: Int64s
    subtotal: Int64s
    discount_amount: Int64s
    shipping_amount: Int64s
    tax: Int64s
    refunded: Int64s
    has_email: Flags


def plan(scale: float, seed: int) -> ShopPlan:
    """Return the plan of the three files: 3,000 orders at scale 1."""
    orders = max(1, round(ORDER_COUNT * scale))
    customers = max(1, round(orders / ORDERS_PER_CUSTOMER))
    bounds = [(i, min(i + _CHUNK_ORDERS, orders)) for i in range(0, orders, _CHUNK_ORDERS)]
    lines = [len(_order_of_line(stop - start)) for start, stop in bounds]
    return ShopPlan(
        shop=SHOP,
        rows={ORDERS: sum(lines), PRODUCTS: _variants().lines.count, CUSTOMERS: customers},
        chunks=[partial(_chunk, seed, start, stop, orders, customers) for start, stop in bounds],
    )


def _chunk(seed: int, start: int, stop: int, orders: int, customers: int) -> Pieces:
    rng = generator(seed, SHOP, start // _CHUNK_ORDERS)
    made: dict[str, texts.Lines] = {}
    order = rng.permutation(stop - start)[_order_of_line(stop - start)]
    order = np.sort(order)
    variant, quantity = _basket(rng, order)
    price = _variants().price[variant]
    goods = np.bincount(order, price * quantity, stop - start).astype(np.int64)
    one_piece = price[np.searchsorted(order, np.arange(stop - start))]
    drawn = _draw(rng, seed, start, orders, customers, goods, one_piece)
    made[ORDERS] = _order_lines(rng, seed, drawn, order, variant, quantity)
    if start == 0:
        made[PRODUCTS] = _variants().lines
        made[CUSTOMERS] = _customer_lines(seed, customers)
    return made


def _order_of_line(orders: int) -> Int64s:
    """Return for each line the order it is of, before orders are shuffled."""
    counts = np.diff(np.round(np.cumsum([0.0, *LINES_PER_ORDER]) * orders)).astype(np.int64)
    sizes = np.repeat(np.arange(1, len(LINES_PER_ORDER) + 1), counts)
    return np.repeat(np.arange(orders), sizes)


def _basket(rng: Rng, order: Int64s) -> tuple[Int64s, Int64s]:
    """Return the variant and the quantity of each line; no order has a variant twice."""
    variants = _variants()
    count = len(order)
    variant = pick(rng, variants.weight, count)
    first = np.searchsorted(order, order)
    place = np.arange(count) - first
    sizes = np.bincount(order)[order]
    chance = rng.random(int(order[-1]) + 1)[order]
    low = 0.0
    for pair in PLANTED_PAIRS:
        bought = (sizes >= 2) & (chance >= low) & (chance < low + pair.basket_share)
        variant[bought & (place == 0)] = variants.sku.index(pair.item_a)
        variant[bought & (place == 1)] = variants.sku.index(pair.item_b)
        low += pair.basket_share
    # What an order has already makes room for the next variant that it has not.
    for _ in range(len(variants.sku)):
        keys = order * len(variants.sku) + variant
        _, kept = np.unique(keys, return_index=True)
        is_again = np.ones(count, dtype=np.bool_)
        is_again[kept] = False
        if not is_again.any():
            break
        variant = np.where(is_again, (variant + 1) % len(variants.sku), variant)
    return variant, 1 + pick(rng, np.array([0.8, 0.15, 0.05]), count)


def _draw(
    rng: Rng,
    seed: int,
    start: int,
    orders: int,
    customers: int,
    goods: Int64s,
    one_piece: Int64s,
) -> _Orders:
    """Draw the orders of a chunk; `goods` are their prices together, `one_piece` that of one."""
    count = len(goods)
    number = start + np.arange(count)
    shares = (number + rng.random(count)) / orders
    created = timeline(START, END, _weight).at(shares) - ZONE_SECONDS
    # Some buy often: a customer's share of the orders falls steeply.
    customer = np.minimum((customers * rng.random(count) ** 1.7).astype(np.int64), customers - 1)
    place = _place(seed, customer)
    status = DATA.financial_statuses.draw(rng, count)
    discount = _draw_term(rng, DATA.discounts, count)
    shipping = _draw_term(rng, DATA.shipping, count)
    off = np.round(goods * _values(DATA.discounts)[discount]).astype(np.int64)
    subtotal = goods - off
    shipping_amount = _values(DATA.shipping)[shipping].astype(np.int64)
    rates = np.array([place.tax_rate for place in DATA.places])[place]
    tax = np.round(subtotal * rates).astype(np.int64)
    is_back = _has_status(status, "refunded")
    part = np.where(_has_status(status, "partially_refunded"), np.minimum(one_piece, subtotal), 0)
    return _Orders(
        number=1_001 + number,
        customer=customer,
        place=place,
        created=created,
        status=status,
        discount=discount,
        shipping=shipping,
        payment=DATA.payments.draw(rng, count),
        subtotal=subtotal,
        discount_amount=off,
        shipping_amount=shipping_amount,
        tax=tax,
        refunded=np.where(is_back, subtotal + shipping_amount + tax, part),
        has_email=rng.random(count) >= NO_EMAIL_SHARE,
    )


def _weight(calendar: Calendar) -> Floats:
    """Return how busy an hour is: evenings, weekends and the weeks before Christmas are."""
    by_month = np.array([0.8, 0.8, 0.9, 0.9, 1.0, 0.9, 0.8, 0.9, 1.0, 1.1, 1.6, 1.9])
    by_hour = 0.25 + np.exp(-(((calendar.hour - 20) / 4.5) ** 2))
    growth = 1 + 0.25 * (calendar.year - 2023)
    weekend = 1 + 0.3 * (calendar.weekday >= 5)
    busy: Floats = by_month[calendar.month - 1] * by_hour * growth * weekend
    return busy


def _order_lines(
    rng: Rng,
    seed: int,
    orders: _Orders,
    order: Int64s,
    variant: Int64s,
    quantity: Int64s,
) -> texts.Lines:
    variants = _variants()
    lines = len(order)
    is_first = np.searchsorted(order, order) == np.arange(lines)
    total = orders.subtotal + orders.shipping_amount + orders.tax
    paid = orders.created + 60
    shipped = paid + DAY // 2 + (rng.random(len(total)) * 3 * DAY).astype(np.int64)
    is_paid = ~_has_status(orders.status, "voided", "pending")
    is_cancelled = _has_status(orders.status, "voided", "refunded")
    fulfilled = is_paid & ~is_cancelled
    place = orders.place
    person = _person(seed, orders.customer)
    address = {
        "Name": person["name"],
        "Street": person["street"],
        "Address1": person["street"],
        "City": _of_places("city", place),
        "Zip": texts.concat("'", _of_places("postal", place)),
        "Province": _of_places("province", place),
        "Country": _of_places("country", place),
        "Phone": person["phone"],
        "Province Name": _of_places("province_name", place),
    }
    of_order: dict[str, pa.StringArray] = {
        "Financial Status": DATA.financial_statuses.at(orders.status),
        "Paid at": _moments(paid, is_paid),
        "Fulfillment Status": texts.either(fulfilled, "fulfilled", "unfulfilled"),
        "Fulfilled at": _moments(shipped, fulfilled),
        "Accepts Marketing": person["accepts"],
        "Currency": _of_places("currency", place),
        "Subtotal": _money(orders.subtotal),
        "Shipping": _money(orders.shipping_amount),
        "Taxes": _money(orders.tax),
        "Total": _money(total),
        "Discount Code": texts.take(texts.strings(DATA.discounts), orders.discount),
        "Discount Amount": _money(orders.discount_amount),
        "Shipping Method": texts.take(texts.strings(DATA.shipping), orders.shipping),
        **{f"Billing {field}": text for field, text in address.items()},
        **{f"Shipping {field}": text for field, text in address.items()},
        "Cancelled at": _moments(paid + DAY, is_cancelled),
        "Payment Method": DATA.payments.at(orders.payment),
        "Payment Reference": texts.concat("c", texts.integers(orders.number), ".1"),
        "Refunded Amount": _money(orders.refunded),
        "Outstanding Balance": _money(np.where(is_paid, 0, total)),
        "Id": texts.integers(5_500_000_000 + orders.number),
        "Risk Level": _always("Low", len(total)),
        "Source": _always("web", len(total)),
        "Tax 1 Name": texts.blank_unless(
            texts.concat(_of_places("province_name", place), " Tax"), orders.tax > 0
        ),
        "Tax 1 Value": texts.blank_unless(_money(orders.tax), orders.tax > 0),
        "Payment ID": texts.concat("c", texts.integers(orders.number), ".1"),
        "Payment References": texts.concat("c", texts.integers(orders.number), ".1"),
    }
    columns = {
        header: texts.blank_unless(texts.take(text, order), is_first)
        for header, text in of_order.items()
    }
    has_card = variant == len(variants.sku) - 1
    columns |= {
        "Name": texts.take(texts.concat("#", texts.integers(orders.number)), order),
        "Email": texts.take(texts.blank_unless(person["email"], orders.has_email), order),
        "Created at": texts.take(_moments(orders.created), order),
        "Lineitem quantity": texts.integers(quantity),
        "Lineitem name": texts.take(texts.quoted(variants.name), variant),
        "Lineitem price": _money(variants.price[variant]),
        "Lineitem sku": texts.take(texts.strings(variants.sku), variant),
        "Lineitem requires shipping": texts.either(~has_card, "true", "false"),
        "Lineitem taxable": texts.either(~has_card, "true", "false"),
        "Lineitem fulfillment status": texts.either(fulfilled[order], "fulfilled", "pending"),
        "Vendor": texts.take(texts.quoted(variants.vendor), variant),
        "Lineitem discount": _always("0.00", lines),
    }
    dirt = None
    if orders.number[0] == 1_001 and len(total) >= _DIRTY_ORDERS:
        odd = _DIRT_FROM_LINE + int(np.flatnonzero(~is_first[_DIRT_FROM_LINE:])[0])
        dirt = texts.Dirt(cut=(), odd=odd, column="Lineitem quantity", form="two")
    return _lines(ORDERS, columns, lines, dirt)


def _customer_lines(seed: int, count: int) -> texts.Lines:
    customer = np.arange(count)
    person = _person(seed, customer)
    place = _place(seed, customer)
    columns = {
        "Customer ID": texts.concat("'", texts.integers(7_700_000_000 + customer)),
        "First Name": person["first"],
        "Last Name": person["last"],
        "Email": person["email"],
        "Accepts Email Marketing": person["accepts"],
        "Default Address Address1": person["street"],
        "Default Address City": _of_places("city", place),
        "Default Address Province Code": _of_places("province", place),
        "Default Address Country Code": _of_places("country", place),
        "Default Address Zip": texts.concat("'", _of_places("postal", place)),
        "Default Address Phone": person["phone"],
        "Phone": person["phone"],
        "Accepts SMS Marketing": _always("no", count),
        "Tax Exempt": _always("no", count),
    }
    return _lines(CUSTOMERS, columns, count)


def _person(seed: int, customer: Int64s) -> Mapping[str, pa.StringArray]:
    """Return what is lastingly true of customers, by name of the field."""
    first, last, street = (
        choices.at(_lasting(seed, customer, salt, len(choices.names)))
        for salt, choices in enumerate((DATA.first_names, DATA.last_names, DATA.streets))
    )
    number = texts.integers(customer + 1)
    return {
        "first": first,
        "last": last,
        "name": texts.concat(first, " ", last),
        "email": texts.concat(first, ".", last, number, "@example.com"),
        "street": texts.concat(texts.integers(1 + _lasting(seed, customer, 3, 900)), " ", street),
        "phone": texts.concat(
            "'+1602555", texts.integers(1_000 + _lasting(seed, customer, 4, 9_000))
        ),
        "accepts": texts.either(_lasting(seed, customer, 5, 2), "yes", "no"),
    }


def _place(seed: int, customer: Int64s) -> Int64s:
    shares = np.cumsum([place.weight for place in DATA.places])
    return np.searchsorted(
        shares / shares[-1], hashed_uniform(customer, seed * 10 + 6), side="right"
    ).astype(np.int64)


def _lasting(seed: int, customer: Int64s, salt: int, choices: int) -> Int64s:
    return (hashed_uniform(customer, seed * 10 + salt) * choices).astype(np.int64)


@cache
def _variants() -> _Variants:
    """Return the catalogue; the same for every seed."""
    rows: list[dict[str, str]] = []
    sku, name, vendor, price, weight = [], [], [], [], []
    for product in DATA.products:
        handle = product.title.casefold().replace(" ", "-")
        is_sized = product.option not in ("Color", "Motif") and product.kind not in CLOTHES
        for number, value in enumerate(product.values):
            # What is larger costs more; a colour does not, nor the size of a shirt.
            grown = 1.7**number if is_sized else 1.0
            sku.append(f"{handle}-{value.casefold().replace(' ', '-').replace('/', '-')}")
            name.append(f"{product.title} - {value}")
            vendor.append(product.vendor)
            price.append(round(product.price * grown / 100) * 100)
            weight.append(product.weight / len(product.values))
            row = {
                "Handle": handle,
                "Option1 Value": value,
                "Variant SKU": sku[-1],
                "Variant Grams": "250",
                "Variant Inventory Tracker": "shopify",
                "Variant Inventory Policy": "deny",
                "Variant Fulfillment Service": "manual",
                "Variant Price": f"{price[-1] / 100:.2f}",
                "Variant Requires Shipping": "true",
                "Variant Taxable": "true",
                "Variant Weight Unit": "g",
                "Cost per item": f"{round(product.cost * grown) / 100:.2f}",
            }
            if number == 0:
                row |= {
                    "Title": product.title,
                    "Body (HTML)": f'<p class="lead">{product.title}, by {product.vendor}.</p>',
                    "Vendor": product.vendor,
                    "Product Category": product.category,
                    "Type": product.kind,
                    "Published": "true",
                    "Option1 Name": product.option,
                    "Image Src": f"https://example.com/{handle}-1.jpg",
                    "Image Position": "1",
                    "Gift Card": "false",
                    "Status": "active",
                }
            rows.append(row)
        picture = f"https://example.com/{handle}-2.jpg"
        rows.append({"Handle": handle, "Image Src": picture, "Image Position": "2"})
    # No file lists it, and its lines have no SKU.
    sku.append("")
    name.append(DATA.gift_card.title)
    vendor.append("")
    price.append(DATA.gift_card.price)
    weight.append(sum(weight) * DATA.gift_card.share)
    columns = {
        header: texts.quoted(row.get(header, "") for row in rows)
        for header in DATA.headers[PRODUCTS]
    }
    return _Variants(
        sku, name, vendor, np.array(price), np.array(weight), texts.from_columns(columns)
    )


def _of_places(field: str, place: Int64s) -> pa.StringArray:
    return texts.take(texts.strings(getattr(one, field) for one in DATA.places), place)


def _has_status(status: Int64s, *names: str) -> Flags:
    known = DATA.financial_statuses.names
    return np.isin(status, [known.index(name) for name in names])


def _draw_term(rng: Rng, terms: Mapping[str, Term], count: int) -> Int64s:
    return pick(rng, weights({name: term.weight for name, term in terms.items()}), count)


def _values(terms: Mapping[str, Term]) -> Floats:
    return np.array([term.value for term in terms.values()])


def _always(text: str, count: int) -> pa.StringArray:
    return texts.take(texts.strings([text]), np.zeros(count, np.int64))


def _lines(
    file: str,
    columns: Mapping[str, pa.StringArray],
    count: int,
    dirt: texts.Dirt | None = None,
) -> texts.Lines:
    """Return the lines of a file; of the columns of its layout, those not given are blank."""
    blank = _always("", count)
    return texts.from_columns({h: columns.get(h, blank) for h in DATA.headers[file]}, dirt)


def _money(cents: Int64s) -> pa.StringArray:
    """Return cents as `12.05`."""
    return texts.concat(
        texts.integers(cents // 100),
        ".",
        texts.take(texts.strings(f"{n:02}" for n in range(100)), cents % 100),
    )


def _moments(seconds: Int64s, present: Flags | None = None) -> pa.StringArray:
    """Return seconds since 1970 (UTC) as `2024-01-31 10:05:00 -0700`, blank where not present."""
    return texts.zoned(seconds + ZONE_SECONDS, ZONE, present)
