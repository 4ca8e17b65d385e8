"""Sample of thelook eCommerce: seven files whose keys fit each other.

A chunk is a block of users with everything that is theirs: orders, items, stock and sessions.
How many orders, items and inventory items a block has is known beforehand, so that every block
knows its first id of each.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from lakehouse.generate import texts
from lakehouse.generate.plan import Pieces, PlantedPair, ShopPlan
from lakehouse.generate.seeds import (
    Floats,
    Int64s,
    Rng,
    apportion,
    firsts,
    generator,
    hashed_uniform,
    members,
    pick,
)
from lakehouse.generate.thelook_catalogue import (
    DATA,
    DEPARTMENTS,
    PAIRED_PRODUCTS,
    Catalogue,
    build,
)
from lakehouse.generate.thelook_events import EVENTS_PER_USER, EVENTS_RESCUED, Bought, events
from lakehouse.generate.thelook_users import Users, moments, mostly_known, users
from lakehouse.generate.timeline import DAY, month, seconds

SHOP = "thelook"
USERS, PRODUCTS, ORDERS = "users.csv", "products.csv", "orders.csv"
ORDER_ITEMS, INVENTORY, EVENTS = "order_items.csv", "inventory_items.csv", "events.csv"
CENTRES = "distribution_centers.csv"
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

STATUSES = DATA.statuses
UNSOLD_PER_ITEM = 490_705 / 181_759 - 1
"""thelook full export: inventory for each item sold."""
START, END = seconds("2022-11-01"), seconds("2025-11-01")
OWN_TASTE_SHARE = 0.45
"""Share of items that a user takes from the part of the catalogue they prefer; chosen."""
_MONTH_PULL = np.array(DATA.months)
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
    """Orders, one value each."""

    user: Int64s  # the position of the user in the block
    size: Int64s  # how many items
    status: Int64s  # index into the statuses
    created: Int64s  # seconds since 1970
    shipped: pa.StringArray  # as they are written, empty where the status says so
    delivered: pa.StringArray  # as they are written, empty where the status says so
    returned: pa.StringArray  # as they are written, empty where the status says so


@dataclass(frozen=True)
class _Items:
    """Items, one value each."""

    order: Int64s  # the position of the order in the block
    product: Int64s  # the position of the product
    sold: Int64s  # seconds since 1970
    pieces: Int64s  # how many pieces came into the stock with the item, itself among them


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
        rows={
            CENTRES: len(DATA.distribution_centers),
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
    return apportion(orders, np.array(DATA.items_per_order))


def _items(orders: int) -> int:
    sizes = _sizes(orders)
    return int((sizes * np.arange(1, len(sizes) + 1)).sum())


def _unsold(items: int) -> int:
    return round(items * UNSOLD_PER_ITEM)


def _chunk(block: _Block, catalogue: Catalogue) -> Pieces:
    rng = generator(block.seed, SHOP, block.index)
    signed_up = START + (rng.random(block.users) * (END - START - DAY)).astype(np.int64)
    people = users(rng, block.first_user, signed_up // 60 * 60, block.seed)
    made = {USERS: people.lines}
    if block.index == 0:
        made[CENTRES] = _centre_lines()
        made[PRODUCTS] = catalogue.lines
    orders = _orders(rng, block.orders, people)
    order, _ = members(orders.size)
    product = _products(rng, orders, order, people, catalogue)
    sold = orders.created[order] + rng.integers(0, 1_800, len(order))
    unsold = rng.integers(0, len(order), _unsold(len(order)))
    items = _Items(order, product, sold, 1 + np.bincount(unsold, minlength=len(order)))
    made[ORDERS] = _order_lines(rng, block, orders, people)
    made[ORDER_ITEMS] = _item_lines(rng, block, orders, items, people, catalogue)
    made[INVENTORY] = _stock_lines(rng, block, items, catalogue)
    bought = Bought(orders.user, orders.created, order, product)
    made[EVENTS] = events(rng, block.index, block.seed, people, bought, catalogue, (START, END))
    return made


def _centre_lines() -> texts.Lines:
    numbers, names, latitudes, longitudes = zip(*DATA.distribution_centers, strict=True)
    columns = {"id": numbers, "name": names, "latitude": latitudes, "longitude": longitudes}
    return texts.from_columns(
        {name: texts.strings(map(str, values)) for name, values in columns.items()}
    )


def _order_lines(rng: Rng, block: _Block, orders: _Orders, people: Users) -> texts.Lines:
    columns = {
        "order_id": texts.integers(block.first_order + np.arange(block.orders)),
        "user_id": texts.integers(people.ids[orders.user]),
        "status": STATUSES.at(orders.status),
        "gender": texts.either(people.department[orders.user], "M", "F"),
        "created_at": mostly_known(rng, orders.created),
        "returned_at": orders.returned,
        "shipped_at": orders.shipped,
        "delivered_at": orders.delivered,
        "num_of_item": texts.integers(orders.size),
    }
    return texts.from_columns(columns)


def _item_lines(
    rng: Rng, block: _Block, orders: _Orders, items: _Items, people: Users, catalogue: Catalogue
) -> texts.Lines:
    order = items.order
    columns = {
        "id": texts.integers(block.first_item + np.arange(len(order))),
        "order_id": texts.integers(block.first_order + order),
        "user_id": texts.integers(people.ids[orders.user[order]]),
        "product_id": texts.integers(items.product + 1),
        "inventory_item_id": texts.integers(block.first_inventory + firsts(items.pieces)),
        "status": STATUSES.at(orders.status[order]),
        "created_at": mostly_known(rng, items.sold),
        "shipped_at": texts.take(orders.shipped, order),
        "delivered_at": texts.take(orders.delivered, order),
        "returned_at": texts.take(orders.returned, order),
        "sale_price": texts.take(catalogue.price_text, items.product),
    }
    return texts.from_columns(columns)


def _stock_lines(rng: Rng, block: _Block, items: _Items, catalogue: Catalogue) -> texts.Lines:
    """Return the stock: for each item the piece that was sold, then those still there."""
    item, rank = members(items.pieces)
    count, is_sold = len(item), rank == 0
    product = items.product[item]
    # What came in with a scarce product is something else: none of it may be left.
    everything = np.flatnonzero(~catalogue.is_scarce)
    other = everything[rng.integers(0, len(everything), count)]
    product = np.where(~is_sold & catalogue.is_scarce[product], other, product)
    sold = items.sold[item]
    columns = {
        "id": texts.integers(block.first_inventory + np.arange(count)),
        "product_id": texts.integers(product + 1),
        "created_at": moments(sold - DAY - (rng.random(count) * 60 * DAY).astype(np.int64)),
        "sold_at": moments(sold, is_sold),
        "cost,product_category,product_name,product_brand,product_retail_price,"
        "product_department,product_sku,product_distribution_center_id": texts.take(
            catalogue.texts, product
        ),
    }
    return texts.from_columns(columns)


def _orders(rng: Rng, count: int, people: Users) -> _Orders:
    """Draw orders, those of a user next to each other, none before the user signed up."""
    number = len(people.ids)
    user = np.sort(pick(rng, np.exp(rng.normal(0.0, 0.6, number)), count))
    sizes = _sizes(count)
    size = rng.permutation(np.repeat(np.arange(1, len(sizes) + 1), sizes))
    room = END - people.created[user]
    one, two = (
        people.created[user] + (rng.random(count) * room).astype(np.int64) for _ in range(2)
    )
    created = np.where(_pull(two) * rng.random(count) > _pull(one) * rng.random(count), two, one)
    created = created // 60 * 60
    shipped, delivered, returned = (
        least + (rng.random(count) * days * DAY).astype(np.int64) // 60 * 60
        for least, days in ((3_600, 3), (1_800, 5), (1_800, 3))
    )
    shipped, delivered, returned = np.cumsum([created + shipped, delivered, returned], axis=0)
    status = STATUSES.draw(rng, count)

    def moments_of(time: Int64s, *statuses: str) -> pa.StringArray:
        return moments(time, np.isin(status, [STATUSES.names.index(name) for name in statuses]))

    return _Orders(
        user=user,
        size=size,
        status=status,
        created=created,
        shipped=moments_of(shipped, "Shipped", "Complete", "Returned"),
        delivered=moments_of(delivered, "Complete", "Returned"),
        returned=moments_of(returned, "Returned"),
    )


def _pull(time: Int64s) -> Floats:
    return _MONTH_PULL[month(time)]


def _products(
    rng: Rng, orders: _Orders, order_of_item: Int64s, people: Users, catalogue: Catalogue
) -> Int64s:
    """Return the product of each item: of the user's department, often what they prefer."""
    count = len(order_of_item)
    user = orders.user[order_of_item]
    taste = (hashed_uniform(people.ids[user], 7) + 0.05 * rng.random(count)) % 1.0
    wish = np.where(rng.random(count) < OWN_TASTE_SHARE, taste, rng.random(count))
    product = catalogue.product_at(people.department[user], wish)

    first_item = firsts(orders.size)
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
