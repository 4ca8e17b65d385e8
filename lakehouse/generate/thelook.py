"""Sample of thelook eCommerce: seven files whose keys fit each other.

A chunk is a block of users with everything that is theirs: orders, items, stock and sessions.
How many orders, items and inventory items a block has is known beforehand, so that every block
knows its first id of each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from lakehouse.generate.csv_lines import Lines, finished, from_columns, integers, strings, take
from lakehouse.generate.plan import PlantedPair, ShopPlan
from lakehouse.generate.seeds import (
    Flags,
    Floats,
    Int64s,
    apportion,
    generator,
    hashed_uniform,
    pick,
)
from lakehouse.generate.thelook_catalogue import DEPARTMENTS, PAIRED_PRODUCTS, Catalogue, build
from lakehouse.generate.thelook_catalogue import HEADER as PRODUCT_HEADER
from lakehouse.generate.thelook_events import EVENTS_PER_USER, EVENTS_RESCUED, Bought, events
from lakehouse.generate.thelook_events import HEADER as EVENT_HEADER
from lakehouse.generate.thelook_users import HEADER as USER_HEADER
from lakehouse.generate.thelook_users import Users, moments, users
from lakehouse.generate.timeline import DAY, seconds

SHOP = "thelook"
USERS, PRODUCTS, ORDERS = "users.csv", "products.csv", "orders.csv"
ORDER_ITEMS, INVENTORY, EVENTS = "order_items.csv", "inventory_items.csv", "events.csv"
CENTRES = "distribution_centers.csv"
HEADERS = {
    CENTRES: ("id", "name", "latitude", "longitude"),
    PRODUCTS: PRODUCT_HEADER,
    USERS: USER_HEADER,
    ORDERS: (
        "order_id",
        "user_id",
        "status",
        "gender",
        "created_at",
        "returned_at",
        "shipped_at",
        "delivered_at",
        "num_of_item",
    ),
    ORDER_ITEMS: (
        "id",
        "order_id",
        "user_id",
        "product_id",
        "inventory_item_id",
        "status",
        "created_at",
        "shipped_at",
        "delivered_at",
        "returned_at",
        "sale_price",
    ),
    INVENTORY: (
        "id",
        "product_id",
        "created_at",
        "sold_at",
        "cost",
        "product_category",
        "product_name",
        "product_brand",
        "product_retail_price",
        "product_department",
        "product_sku",
        "product_distribution_center_id",
    ),
    EVENTS: EVENT_HEADER,
}
USER_COUNT = 4_000
"""Users at scale 1; the full export has 25 times as many."""
ORDERS_PER_USER = 1.5
PLANTED_PAIRS = tuple(
    PlantedPair(str(first), str(first + 1), 0.08) for first in range(1, len(PAIRED_PRODUCTS) + 1, 2)
)
"""Products bought together in one order; eligible are the orders of two items and more of users
of the products' department, women for the first three pairs and men for the others."""
RESCUED_ROWS = {EVENTS: EVENTS_RESCUED}
"""Two rows end before the type, one counts in words; from 5,000 rows on."""

# thelook full export: shares of status and of items per order; inventory for each item sold.
STATUSES = {"Shipped": 30, "Complete": 25, "Processing": 20, "Cancelled": 15, "Returned": 10}
ITEMS_PER_ORDER = (0.70, 0.20, 0.05, 0.05)
UNSOLD_PER_ITEM = 490_705 / 181_759 - 1
NULL_CREATED_SHARE = 0.005
START, END = seconds("2022-11-01"), seconds("2025-11-01")
DISTRIBUTION_CENTRES = (
    "1,Memphis TN,35.1174,-89.9711",
    "2,Chicago IL,41.8369,-87.6847",
    "3,Houston TX,29.7604,-95.3698",
    "4,Los Angeles CA,34.05,-118.25",
    "5,New Orleans LA,29.95,-90.0667",
    "6,Port Authority of New York/New Jersey NY/NJ,40.634,-73.7834",
    "7,Philadelphia PA,39.95,-75.1667",
    "8,Mobile AL,30.6944,-88.0431",
    "9,Charleston SC,32.7833,-79.9333",
    "10,Savannah GA,32.0167,-81.1167",
)
OWN_TASTE_SHARE = 0.45
"""Share of items that a user takes from the part of the catalogue they prefer; chosen."""
_MONTH_PULL = np.array([0.7, 0.6, 0.7, 0.7, 0.8, 0.8, 0.8, 0.8, 0.8, 0.9, 1.2, 1.3])
_CHUNK_USERS = 2_000


@dataclass(frozen=True)
class _Block:
    """A block of users, and what it counts from: the first id of each kind."""

    seed: int
    index: int
    users: int
    orders: int
    first_user: int
    first_order: int
    first_item: int
    first_inventory: int


@dataclass(frozen=True)
class _Orders:
    """Orders, one value each; `user` is the position of the user in the block."""

    user: Int64s
    size: Int64s
    status: Int64s
    created: Int64s
    shipped: Int64s
    delivered: Int64s
    returned: Int64s


def plan(scale: float, seed: int) -> ShopPlan:
    """Return the plan of the seven files: 4,000 users at scale 1. Events are approximate."""
    count = max(1, round(USER_COUNT * scale))
    catalogue = build(scale, seed)
    blocks = []
    order = item = inventory = 1
    for index, first in enumerate(range(0, count, _CHUNK_USERS)):
        size = min(_CHUNK_USERS, count - first)
        orders = round(size * ORDERS_PER_USER)
        block = _Block(seed, index, size, orders, first + 1, order, item, inventory)
        blocks.append(block)
        items = _items(orders)
        order, item, inventory = order + orders, item + items, inventory + items + _unsold(items)
    return ShopPlan(
        shop=SHOP,
        headers=HEADERS,
        rows={
            CENTRES: len(DISTRIBUTION_CENTRES),
            PRODUCTS: catalogue.lines.count,
            USERS: count,
            ORDERS: order - 1,
            ORDER_ITEMS: item - 1,
            INVENTORY: inventory - 1,
            EVENTS: round(count * EVENTS_PER_USER),
        },
        chunks=[partial(_chunk, block, catalogue) for block in blocks],
    )


def _sizes(orders: int) -> Int64s:
    """Return how many orders have 1, 2, 3 and 4 items."""
    return apportion(orders, np.array(ITEMS_PER_ORDER))


def _items(orders: int) -> int:
    return int((_sizes(orders) * np.arange(1, len(ITEMS_PER_ORDER) + 1)).sum())


def _unsold(items: int) -> int:
    return round(items * UNSOLD_PER_ITEM)


def _chunk(block: _Block, catalogue: Catalogue) -> Mapping[str, Lines]:
    rng = generator(block.seed, SHOP, block.index)
    signed_up = START + (rng.random(block.users) * (END - START - DAY)).astype(np.int64)
    people = users(rng, block.first_user, signed_up // 60 * 60, block.seed)
    orders = _orders(rng, block.orders, people)
    order_of_item = np.repeat(np.arange(block.orders), orders.size)
    product = _products(rng, orders, order_of_item, people, catalogue)
    sold = orders.created[order_of_item] + rng.integers(0, 1_800, len(product))
    unsold = _unsold_of(rng, len(product))
    first_stock = np.cumsum(1 + unsold) - (1 + unsold)
    made: dict[str, Lines] = {}
    if block.index == 0:
        made[CENTRES] = finished(strings(f"{centre}\n" for centre in DISTRIBUTION_CENTRES))
        made[PRODUCTS] = catalogue.lines
    made[USERS] = people.lines
    made[ORDERS] = _order_lines(rng, block, orders, people)
    made[ORDER_ITEMS] = _item_lines(
        rng, block, orders, people, order_of_item, product, sold, first_stock, catalogue
    )
    made[INVENTORY] = _inventory_lines(rng, block, product, sold, unsold, catalogue)
    bought = Bought(orders.user, orders.created, order_of_item, product)
    made[EVENTS] = events(rng, block.index, block.seed, people, bought, catalogue, (START, END))
    return made


def _orders(rng: np.random.Generator, count: int, people: Users) -> _Orders:
    """Draw orders, those of a user next to each other, none before the user signed up."""
    number = len(people.ids)
    user = np.sort(pick(rng, np.exp(rng.normal(0.0, 0.6, number)), count))
    size = rng.permutation(np.repeat(np.arange(1, len(ITEMS_PER_ORDER) + 1), _sizes(count)))
    room = END - people.created[user]
    one, two = (
        people.created[user] + (rng.random(count) * room).astype(np.int64) for _ in range(2)
    )
    created = np.where(_pull(two) * rng.random(count) > _pull(one) * rng.random(count), two, one)
    created = created // 60 * 60
    shipped = created + 3_600 + (rng.random(count) * 3 * DAY).astype(np.int64) // 60 * 60
    delivered = shipped + 1_800 + (rng.random(count) * 5 * DAY).astype(np.int64) // 60 * 60
    returned = delivered + 1_800 + (rng.random(count) * 3 * DAY).astype(np.int64) // 60 * 60
    status = pick(rng, np.array(list(STATUSES.values()), dtype=np.float64), count)
    return _Orders(user, size, status, created, shipped, delivered, returned)


def _pull(time: Int64s) -> Floats:
    months = time.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    return _MONTH_PULL[months % 12]


def _has(orders: _Orders, *statuses: str) -> Flags:
    names = list(STATUSES)
    return np.isin(orders.status, [names.index(status) for status in statuses])


def _products(
    rng: np.random.Generator,
    orders: _Orders,
    order_of_item: Int64s,
    people: Users,
    catalogue: Catalogue,
) -> Int64s:
    """Return the product of each item: of the user's department, often what they prefer."""
    count = len(order_of_item)
    user = orders.user[order_of_item]
    taste = (hashed_uniform(people.ids[user], 7) + 0.05 * rng.random(count)) % 1.0
    wish = np.where(rng.random(count) < OWN_TASTE_SHARE, taste, rng.random(count))
    department = people.department[user]
    product = np.zeros(count, dtype=np.int64)
    for number, positions in enumerate(catalogue.by_department):
        mine = department == number
        place = np.searchsorted(catalogue.shares[number], wish[mine], side="right")
        product[mine] = positions[np.minimum(place, len(positions) - 1)]

    first_item = np.cumsum(orders.size) - orders.size
    is_large = orders.size >= 2
    chance = rng.random(len(orders.size))
    for number in range(len(DEPARTMENTS)):
        low = 0.0
        for pair in PLANTED_PAIRS:
            item = int(pair.item_a) - 1
            if PAIRED_PRODUCTS[item][0] != DEPARTMENTS[number]:
                continue
            buys = (chance >= low) & (chance < low + pair.basket_share)
            chosen = first_item[is_large & buys & (people.department[orders.user] == number)]
            product[chosen], product[chosen + 1] = item, item + 1
            low += pair.basket_share
    return product


def _unsold_of(rng: np.random.Generator, items: int) -> Int64s:
    """Return how many pieces came in with each item and are still there."""
    return np.bincount(rng.integers(0, items, _unsold(items)), minlength=items).astype(np.int64)


def _order_lines(rng: np.random.Generator, block: _Block, orders: _Orders, people: Users) -> Lines:
    count = len(orders.user)
    return from_columns(
        [
            integers(block.first_order + np.arange(count)),
            integers(people.ids[orders.user]),
            take(strings(STATUSES), orders.status),
            take(strings(["F", "M"]), people.department[orders.user]),
            moments(orders.created, rng.random(count) >= NULL_CREATED_SHARE),
            moments(orders.returned, _has(orders, "Returned")),
            moments(orders.shipped, _has(orders, "Shipped", "Complete", "Returned")),
            moments(orders.delivered, _has(orders, "Complete", "Returned")),
            integers(orders.size),
        ]
    )


def _item_lines(
    rng: np.random.Generator,
    block: _Block,
    orders: _Orders,
    people: Users,
    order: Int64s,
    product: Int64s,
    sold: Int64s,
    first_stock: Int64s,
    catalogue: Catalogue,
) -> Lines:
    count = len(order)
    return from_columns(
        [
            integers(block.first_item + np.arange(count)),
            integers(block.first_order + order),
            integers(people.ids[orders.user[order]]),
            integers(product + 1),
            integers(block.first_inventory + first_stock),
            take(strings(STATUSES), orders.status[order]),
            moments(sold, rng.random(count) >= NULL_CREATED_SHARE),
            moments(orders.shipped[order], _has(orders, "Shipped", "Complete", "Returned")[order]),
            moments(orders.delivered[order], _has(orders, "Complete", "Returned")[order]),
            moments(orders.returned[order], _has(orders, "Returned")[order]),
            take(catalogue.price_text, product),
        ]
    )


def _inventory_lines(
    rng: np.random.Generator,
    block: _Block,
    product: Int64s,
    sold: Int64s,
    unsold: Int64s,
    catalogue: Catalogue,
) -> Lines:
    """Return the stock: for each item the piece that was sold, then those still there."""
    item = np.repeat(np.arange(len(product)), 1 + unsold)
    count = len(item)
    first_stock = np.cumsum(1 + unsold) - (1 + unsold)
    is_sold = np.zeros(count, dtype=np.bool_)
    is_sold[first_stock] = True
    kept = product[item]
    # What came in with a scarce product is something else: none of it may be left.
    everything = np.flatnonzero(~catalogue.is_scarce)
    other = everything[rng.integers(0, len(everything), count)]
    kept = np.where(~is_sold & catalogue.is_scarce[kept], other, kept)
    arrived = sold[item] - DAY - (rng.random(count) * 60 * DAY).astype(np.int64)
    return from_columns(
        [
            integers(block.first_inventory + np.arange(count)),
            integers(kept + 1),
            moments(arrived),
            moments(sold[item], is_sold),
            take(catalogue.inventory_text, kept),
        ]
    )
