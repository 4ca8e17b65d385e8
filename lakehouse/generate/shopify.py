"""Sample of a Shopify shop: its standard exports of orders, products and customers.

The files have the published layout, with all that makes it awkward: one row per line item, where
only the first row of an order says what is true of the whole order; refunds that belong to an
order and to none of its lines; orders in three currencies; products whose variants and further
pictures are rows that leave out what the first row said; zips and ids behind an apostrophe.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import yaml

from lakehouse.generate.csv_lines import (
    Lines,
    blank_unless,
    concat,
    from_columns,
    integers,
    listed,
    quoted,
    strings,
    take,
    timestamps,
)
from lakehouse.generate.plan import PlantedPair, ShopPlan
from lakehouse.generate.seeds import Flags, Floats, Int64s, generator, hashed_uniform, pick
from lakehouse.generate.timeline import DAY, Calendar, timeline

SHOP = "shopify"
ORDERS = "orders_export_1.csv"
PRODUCTS = "products_export_1.csv"
CUSTOMERS = "customers_export.csv"
HEADERS: Mapping[str, Sequence[str]] = {
    ORDERS: listed(
        "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,"
        "Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,"
        "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,"
        "Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,"
        "Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,"
        "Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,"
        "Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,Shipping City,"
        "Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,"
        "Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,"
        "Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,"
        "Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,"
        "Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,"
        "Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,"
        "Next Payment Due At,Payment References"
    ),
    PRODUCTS: listed(
        "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,"
        "Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,Variant SKU,"
        "Variant Grams,Variant Inventory Tracker,Variant Inventory Policy,"
        "Variant Fulfillment Service,Variant Price,Variant Compare At Price,"
        "Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position,"
        "Image Alt Text,Gift Card,SEO Title,SEO Description,Variant Image,Variant Weight Unit,"
        "Variant Tax Code,Cost per item,Status"
    ),
    CUSTOMERS: listed(
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
        "Default Address Address1,Default Address Address2,Default Address City,"
        "Default Address Province Code,Default Address Country Code,Default Address Zip,"
        "Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,"
        "Tax Exempt,Tags"
    ),
}
ORDER_COUNT = 3_000
"""Orders at scale 1."""
ORDERS_PER_CUSTOMER = 2.5
LINES_PER_ORDER = (0.46, 0.30, 0.16, 0.08)
RESCUED_ROWS = {ORDERS: 1}
"""One quantity is written in words, from 1,000 orders on; not in an order's first row."""
START, END = "2023-07-01", "2025-07-01"
NO_EMAIL_SHARE = 0.03
"""Orders at the counter, of customers who left no address."""
ZONE = " -0700"
ZONE_SECONDS = -7 * 3_600

_CHUNK_ORDERS = 3_000
_SPOILED_FROM_LINE = 500
_TERMS: Mapping[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "catalogues" / "shopify.yml").read_text(encoding="utf-8")
)
PLANTED_PAIRS = tuple(PlantedPair(a, b, share) for a, b, share in _TERMS["pairs"])
"""SKUs bought together in one order; eligible are the orders of two lines and more."""


@dataclass(frozen=True)
class _Variants:
    """What is sold, one value per variant; the gift card, which has no SKU, comes last."""

    sku: Sequence[str]
    name: Sequence[str]
    vendor: Sequence[str]
    price: Int64s
    weight: Floats
    lines: Lines


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
        headers=HEADERS,
        rows={ORDERS: sum(lines), PRODUCTS: _variants().lines.count, CUSTOMERS: customers},
        chunks=[partial(_chunk, seed, start, stop, orders, customers) for start, stop in bounds],
    )


def _chunk(seed: int, start: int, stop: int, orders: int, customers: int) -> Mapping[str, Lines]:
    rng = generator(seed, SHOP, start // _CHUNK_ORDERS)
    made: dict[str, Lines] = {}
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


def _basket(rng: np.random.Generator, order: Int64s) -> tuple[Int64s, Int64s]:
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
    rng: np.random.Generator,
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
    status = pick(rng, _weights(_TERMS["financial_statuses"].values()), count)
    discounts = list(_TERMS["discounts"].values())
    discount = pick(rng, _weights(weight for _, weight in discounts), count)
    methods = list(_TERMS["shipping"].values())
    shipping = pick(rng, _weights(weight for _, weight in methods), count)
    off = np.round(goods * np.array([part for part, _ in discounts])[discount]).astype(np.int64)
    subtotal = goods - off
    shipping_amount = np.array([price for price, _ in methods])[shipping]
    rates = np.array([row[6] for row in _TERMS["places"]])[place]
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
        payment=pick(rng, _weights(_TERMS["payments"].values()), count),
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
    rng: np.random.Generator,
    seed: int,
    orders: _Orders,
    order: Int64s,
    variant: Int64s,
    quantity: Int64s,
) -> Lines:
    variants = _variants()
    lines = len(order)
    is_first = np.searchsorted(order, order) == np.arange(lines)
    total = orders.subtotal + orders.shipping_amount + orders.tax
    paid = orders.created + 60
    shipped = paid + DAY // 2 + (rng.random(len(total)) * 3 * DAY).astype(np.int64)
    is_paid = ~_has_status(orders.status, "voided", "pending")
    is_cancelled = _has_status(orders.status, "voided", "refunded")
    fulfilled = is_paid & ~is_cancelled
    states = [f"{'un' * (not done)}fulfilled" for done in (False, True)]
    place = orders.place
    person = _person(seed, orders.customer)
    address = {
        "Name": person["name"],
        "Street": person["street"],
        "Address1": person["street"],
        "City": _of_places(0, place),
        "Zip": concat("'", _of_places(3, place)),
        "Province": _of_places(1, place),
        "Country": _of_places(4, place),
        "Phone": person["phone"],
        "Province Name": _of_places(2, place),
    }
    of_order: dict[str, pa.StringArray] = {
        "Financial Status": take(strings(_TERMS["financial_statuses"]), orders.status),
        "Paid at": _moments(paid, is_paid),
        "Fulfillment Status": take(strings(states), fulfilled.astype(np.int64)),
        "Fulfilled at": _moments(shipped, fulfilled),
        "Accepts Marketing": person["accepts"],
        "Currency": _of_places(5, place),
        "Subtotal": _money(orders.subtotal),
        "Shipping": _money(orders.shipping_amount),
        "Taxes": _money(orders.tax),
        "Total": _money(total),
        "Discount Code": take(strings(_TERMS["discounts"]), orders.discount),
        "Discount Amount": _money(orders.discount_amount),
        "Shipping Method": take(strings(_TERMS["shipping"]), orders.shipping),
        **{f"Billing {field}": text for field, text in address.items()},
        **{f"Shipping {field}": text for field, text in address.items()},
        "Cancelled at": _moments(paid + DAY, is_cancelled),
        "Payment Method": take(strings(_TERMS["payments"]), orders.payment),
        "Payment Reference": concat("c", integers(orders.number), ".1"),
        "Refunded Amount": _money(orders.refunded),
        "Outstanding Balance": _money(np.where(is_paid, 0, total)),
        "Id": integers(5_500_000_000 + orders.number),
        "Risk Level": take(strings(["Low"]), np.zeros(len(total), np.int64)),
        "Source": take(strings(["web"]), np.zeros(len(total), np.int64)),
        "Tax 1 Name": blank_unless(concat(_of_places(2, place), " Tax"), orders.tax > 0),
        "Tax 1 Value": blank_unless(_money(orders.tax), orders.tax > 0),
        "Payment ID": concat("c", integers(orders.number), ".1"),
        "Payment References": concat("c", integers(orders.number), ".1"),
    }
    columns: dict[str, pa.StringArray | str] = {
        header: blank_unless(take(text, order), is_first) for header, text in of_order.items()
    }
    has_card = variant == len(variants.sku) - 1
    columns |= {
        "Name": take(concat("#", integers(orders.number)), order),
        "Email": take(blank_unless(person["email"], orders.has_email), order),
        "Created at": take(_moments(orders.created), order),
        "Lineitem quantity": integers(quantity),
        "Lineitem name": take(quoted(variants.name), variant),
        "Lineitem price": _money(variants.price[variant]),
        "Lineitem sku": take(strings(variants.sku), variant),
        "Lineitem requires shipping": _true(~has_card),
        "Lineitem taxable": _true(~has_card),
        "Lineitem fulfillment status": take(
            strings(["pending", "fulfilled"]), fulfilled[order].astype(np.int64)
        ),
        "Vendor": take(quoted(variants.vendor), variant),
        "Lineitem discount": "0.00",
    }
    spoiled = {}
    if orders.number[0] == 1_001 and len(total) >= 1_000:
        row = _SPOILED_FROM_LINE + int(np.flatnonzero(~is_first[_SPOILED_FROM_LINE:])[0])
        fields = {
            header: text if isinstance(text, str) else text[row].as_py()
            for header, text in columns.items()
        } | {"Lineitem quantity": "two"}
        spoiled[row] = ",".join(fields.get(header, "") for header in HEADERS[ORDERS]) + "\n"
    return from_columns([columns.get(header, "") for header in HEADERS[ORDERS]], spoiled=spoiled)


def _customer_lines(seed: int, count: int) -> Lines:
    customer = np.arange(count)
    person = _person(seed, customer)
    place = _place(seed, customer)
    columns: dict[str, pa.StringArray | str] = {
        "Customer ID": concat("'", integers(7_700_000_000 + customer)),
        "First Name": person["first"],
        "Last Name": person["last"],
        "Email": person["email"],
        "Accepts Email Marketing": person["accepts"],
        "Default Address Address1": person["street"],
        "Default Address City": _of_places(0, place),
        "Default Address Province Code": _of_places(1, place),
        "Default Address Country Code": _of_places(4, place),
        "Default Address Zip": concat("'", _of_places(3, place)),
        "Default Address Phone": person["phone"],
        "Phone": person["phone"],
        "Accepts SMS Marketing": "no",
        "Tax Exempt": "no",
    }
    return from_columns([columns.get(header, "") for header in HEADERS[CUSTOMERS]])


def _person(seed: int, customer: Int64s) -> Mapping[str, pa.StringArray]:
    """Return what is lastingly true of customers, by name of the field."""
    first, last, street = (
        take(strings(_TERMS[kind]), _lasting(seed, customer, salt, len(_TERMS[kind])))
        for salt, kind in enumerate(("first_names", "last_names", "streets"))
    )
    number = integers(customer + 1)
    return {
        "first": first,
        "last": last,
        "name": concat(first, " ", last),
        "email": concat(first, ".", last, number, "@example.com"),
        "street": concat(integers(1 + _lasting(seed, customer, 3, 900)), " ", street),
        "phone": concat("'+1602555", integers(1_000 + _lasting(seed, customer, 4, 9_000))),
        "accepts": take(strings(["no", "yes"]), _lasting(seed, customer, 5, 2)),
    }


def _place(seed: int, customer: Int64s) -> Int64s:
    shares = np.cumsum(_weights(row[7] for row in _TERMS["places"]))
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
    for title, maker, category, kind, option, cents, cost, sells, values in _TERMS["products"]:
        handle = title.casefold().replace(" ", "-")
        for number, value in enumerate(values):
            sku.append(f"{handle}-{value.casefold().replace(' ', '-').replace('/', '-')}")
            name.append(f"{title} - {value}")
            vendor.append(maker)
            # What is larger costs more; a colour does not.
            grown = 1.0 if option in ("Color", "Motif") or kind in ("Shirts", "Hoodies") else 1.7
            price.append(round(cents * grown**number / 100) * 100)
            weight.append(sells / len(values))
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
                "Cost per item": f"{round(cost * grown**number) / 100:.2f}",
            }
            if number == 0:
                row |= {
                    "Title": title,
                    "Body (HTML)": f'<p class="lead">{title}, by {maker}.</p>',
                    "Vendor": maker,
                    "Product Category": category,
                    "Type": kind,
                    "Published": "true",
                    "Option1 Name": option,
                    "Image Src": f"https://example.com/{handle}-1.jpg",
                    "Image Position": "1",
                    "Gift Card": "false",
                    "Status": "active",
                }
            rows.append(row)
        picture = f"https://example.com/{handle}-2.jpg"
        rows.append({"Handle": handle, "Image Src": picture, "Image Position": "2"})
    card = _TERMS["gift_card"]
    # No file lists it, and its lines have no SKU.
    sku.append("")
    name.append(card["title"])
    vendor.append("")
    price.append(card["price"])
    weight.append(sum(weight) * card["share"])
    texts = [quoted(row.get(header, "") for row in rows) for header in HEADERS[PRODUCTS]]
    return _Variants(
        sku, name, vendor, np.array(price), np.array(weight, np.float64), from_columns(texts)
    )


def _of_places(field: int, place: Int64s) -> pa.StringArray:
    return take(strings(row[field] for row in _TERMS["places"]), place)


def _has_status(status: Int64s, *names: str) -> Flags:
    known = list(_TERMS["financial_statuses"])
    return np.isin(status, [known.index(name) for name in names])


def _weights(values: Any) -> Floats:
    return np.array(list(values), dtype=np.float64)


def _money(cents: Int64s) -> pa.StringArray:
    """Return cents as `12.05`."""
    return concat(
        integers(cents // 100), ".", take(strings(f"{n:02}" for n in range(100)), cents % 100)
    )


def _moments(seconds: Int64s, present: Flags | None = None) -> pa.StringArray:
    """Return seconds since 1970 (UTC) as `2024-01-31 10:05:00 -0700`, blank where not present."""
    text = concat(timestamps(seconds + ZONE_SECONDS), ZONE)
    return text if present is None else blank_unless(text, present)


def _true(flags: Flags) -> pa.StringArray:
    return take(strings(["false", "true"]), flags.astype(np.int64))
