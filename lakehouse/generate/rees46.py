"""Sample of the REES46 multi-category store's clickstream: October and November 2019.

A file is cut into chunks of a fixed number of rows. A chunk is a slice of time with whole
sessions: one that would run past the slice begins a little earlier, so that events are in order
of time over the whole file and no session is cut, with no state carried from chunk to chunk.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from lakehouse.generate.csv_lines import (
    Lines,
    concat,
    finished,
    integers,
    strings,
    take,
    timestamps,
    uuids,
)
from lakehouse.generate.plan import Chunk, PlantedPair, ShopPlan
from lakehouse.generate.rees46_catalogue import MAX_PRODUCTS, Catalogue, build, product_id
from lakehouse.generate.seeds import (
    Flags,
    Floats,
    Int64s,
    apportion,
    generator,
    hashed_uniform,
    pick_cumulative,
)
from lakehouse.generate.timeline import Calendar, Timeline, timeline

SHOP = "rees46"
COLUMNS = (
    "event_time",
    "event_type",
    "product_id",
    "category_id",
    "category_code",
    "brand",
    "price",
    "user_id",
    "user_session",
)
FILES = ("2019-Oct.csv", "2019-Nov.csv")
HEADERS = dict.fromkeys(FILES, COLUMNS)
ROWS = 165_000
BYTES_PER_ROW = 133.5
"""About how long a row is, for sizing by bytes; the published file has 14.68 GB for 110 M rows."""
PLANTED_PAIRS = tuple(
    PlantedPair(str(product_id(*a)), str(product_id(*b)), 0.015)
    for a, b in (
        (("electronics.smartphone", "samsung"), ("electronics.audio.headphone", "samsung")),
        (("electronics.smartphone", "apple"), ("electronics.audio.headphone", "apple")),
        (("computers.notebook", "lenovo"), ("computers.peripherals.mouse", "logitech")),
        (("electronics.video.tv", "lg"), ("electronics.audio.acoustic", "sony")),
        (("appliances.kitchen.washer", "bosch"), ("appliances.iron", "philips")),
        (("computers.peripherals.printer", "canon"), ("stationery.cartrige", "canon")),
    )
)
"""Bought together in one session; eligible are the sessions with a purchase."""
RESCUED_ROWS = {"2019-Oct.csv": 3}
"""Two rows end before the session, one has a price with a dollar sign; from 20,000 rows on."""
ROBOT_USER_ID = 568_778_435
"""A user with far more sessions than anyone else."""

EVENT_TYPES = ("view", "cart", "purchase")
MONTHS = (("2019-10-01", "2019-11-01"), ("2019-11-01", "2019-12-01"))
MONTH_EVENTS = (42_448_764, 67_501_979)
"""Rows of the two real files."""

# REES46 Nov 2019: 12.7% of the sessions reach a cart, 5.6% a purchase; 4.90 events a session
# (p50 2, p90 11, p99 36), of them 0.22 carts and 0.067 purchases; a robot has 22,542 of
# 13,776,050 sessions. The log-normal parameters are fitted to these.
CART_ONLY_SHARE = 0.072
CART_AND_PURCHASE_SHARE = 0.051
PURCHASE_ONLY_SHARE = 0.005
ROBOT_SESSION_SHARE = 22_542 / 13_776_050
EVENTS_PER_USER = 109_950_743 / 5_316_649
VIEWS_LOG_MEAN, VIEWS_LOG_SD = 0.79, 1.20
BUYER_VIEWS_LOG_MEAN, BUYER_VIEWS_LOG_SD = 1.45, 1.06
MORE_CARTS_SHARE = 0.43
MORE_PURCHASES_SHARE = 0.10
MEAN_SESSION_EVENTS = 4.9

# Chosen: how a session moves about.
SAME_PRODUCT_SHARE = 0.33
SAME_CATEGORY_SHARE = 0.85
OWN_TASTE_SHARE = 0.55
TASTES = 2
REGULAR_USERS_SHARE = 0.25
REGULAR_SESSIONS_SHARE = 0.70
SHARED_SESSION_SHARE = 0.0003
DUPLICATE_VIEW_SHARE = 0.0006
GAP_LOG_MEAN, GAP_LOG_SD = 3.5, 0.95
"""Seconds between events: median 33, REES46 sample of October 2019."""

# Share of events by hour (UTC), chosen after REES46 2019: quiet at night, busy from 4 to 18.
_HOURS = np.array(
    [10, 8, 16, 32, 50, 60, 66, 68, 70, 69, 67, 66, 66, 67, 70, 74, 76, 70, 58, 44, 32, 24, 18, 13],
    dtype=np.float64,
)
_CHUNK_ROWS = 200_000
_SPOILED_FROM_ROWS = 20_000
_SPOILED_ROWS = (1_009, 2_503, 4_001)
_USER_IDS = 60_000_000
_FIRST_USER_ID = 500_000_000


def rows_for_bytes(size: int) -> int:
    """Return how many rows make files of about `size` bytes together (within 3%)."""
    return max(1, round(size / BYTES_PER_ROW))


def plan(scale: float, seed: int, rows: int | None = None) -> ShopPlan:
    """Return the plan of the two monthly files.

    Args:
        scale: 1 is 165,000 rows.
        seed: the seed of the run.
        rows: how many rows both files have together, in the place of the scale.
    """
    total = max(2, round(ROWS * scale) if rows is None else rows)
    products = min(MAX_PRODUCTS, round(3_000 * (total / ROWS) ** 0.64))
    catalogue = build(max(products, 300), seed)
    users = max(20, round(total / EVENTS_PER_USER))
    counts = apportion(total, np.array(MONTH_EVENTS, dtype=np.float64))
    chunks: list[Chunk] = []
    for month, (start, end) in enumerate(MONTHS):
        period = timeline(start, end, _busyness)
        parts = max(1, -(-int(counts[month]) // _CHUNK_ROWS))
        sizes = apportion(int(counts[month]), np.ones(parts))
        for part in range(parts):
            first, last = period.slice_bounds(part, parts)
            piece = _Slice(seed, month, part, parts, int(sizes[part]), first, last)
            chunks.append(partial(_chunk, piece, period, catalogue, users))
    return ShopPlan(
        shop=SHOP,
        headers=HEADERS,
        rows=dict(zip(FILES, counts.tolist(), strict=True)),
        chunks=chunks,
    )


@dataclass(frozen=True)
class _Slice:
    """One chunk: its rows, and the seconds [first, last) they lie in."""

    seed: int
    month: int
    part: int
    parts: int
    rows: int
    first: int
    last: int


@dataclass(frozen=True)
class _Sessions:
    """Sessions, one value each: how many events of each type, and what they are about."""

    views: Int64s
    carts: Int64s
    purchases: Int64s
    users: Int64s
    categories: Int64s
    pair: Int64s

    @property
    def events(self) -> Int64s:
        return self.views + self.carts + self.purchases


@dataclass(frozen=True)
class _Events:
    """Events, one value each, in the order they happen within their session."""

    session: Int64s
    event_type: Int64s
    product: Int64s
    is_repeat: Flags


def _busyness(calendar: Calendar) -> Floats:
    """Weight of an hour: the daily curve, a fuller weekend, the sale of 15 to 17 November."""
    weight = _HOURS[calendar.hour] * np.where(calendar.weekday >= 4, 1.1, 1.0)
    sale = (calendar.month == 11) & (calendar.day >= 15) & (calendar.day <= 17)
    return np.where(sale, weight * 2.5, weight)


def _chunk(
    piece: _Slice, period: Timeline, catalogue: Catalogue, users: int
) -> Mapping[str, Lines]:
    rng = generator(piece.seed, SHOP, piece.month, piece.part)
    sessions = _sessions(rng, piece, catalogue, users)
    events = _events(rng, sessions, catalogue)
    times = _times(rng, piece, period, events, sessions)

    order = np.argsort(times, kind="stable")
    session, event_type, product = (
        column[order] for column in (events.session, events.event_type, events.product)
    )
    lines = concat(
        timestamps(times[order]),
        take(strings(f" UTC,{name}," for name in EVENT_TYPES), event_type),
        take(catalogue.texts, product + piece.month * len(catalogue.product_ids)),
        take(_session_texts(rng, sessions), session),
    )
    spoiled = {}
    if piece.month == 0 and piece.part == 0 and piece.rows >= _SPOILED_FROM_ROWS:
        spoiled = _spoiled({row: str(lines[row].as_py()) for row in _SPOILED_ROWS})
    return {FILES[piece.month]: finished(lines, spoiled)}


def _sessions(
    rng: np.random.Generator, piece: _Slice, catalogue: Catalogue, users: int
) -> _Sessions:
    """Draw sessions that have exactly the slice's number of events together."""
    count = int(piece.rows / MEAN_SESSION_EVENTS * 1.15) + 50
    user = _users(rng, count, users)
    taste = hashed_uniform(user, 0)
    other_taste = hashed_uniform(user, 1)
    taste = np.where(rng.random(count) < 1 / TASTES, taste, other_taste)
    wish = np.where(rng.random(count) < OWN_TASTE_SHARE, taste, rng.random(count))
    category = pick_cumulative(wish, catalogue.category_shares)

    eager = catalogue.conversion[category]
    step = rng.random(count) / eager
    has_purchase = step < CART_AND_PURCHASE_SHARE + PURCHASE_ONLY_SHARE
    has_cart = (step < CART_AND_PURCHASE_SHARE + PURCHASE_ONLY_SHARE + CART_ONLY_SHARE) & (
        (step < CART_AND_PURCHASE_SHARE) | ~has_purchase
    )
    # A planted pair: the session views both products, puts both in the cart and buys both.
    pair_shares = np.cumsum([pair.basket_share for pair in PLANTED_PAIRS])
    pair = pick_cumulative(rng.random(count), pair_shares)
    pair = np.where(has_purchase & (pair < len(PLANTED_PAIRS)), pair, -1)
    more = rng.random(count) < MORE_PURCHASES_SHARE
    purchases = np.where(has_purchase, 1 + np.maximum(more, pair >= 0), 0)
    carts = np.where(has_cart, rng.geometric(1 - MORE_CARTS_SHARE, count), 0)
    carts = np.where(has_cart | (pair >= 0), np.maximum(carts, purchases), carts)
    is_buyer = has_cart | has_purchase
    views = np.exp(
        rng.normal(0.0, 1.0, count) * np.where(is_buyer, BUYER_VIEWS_LOG_SD, VIEWS_LOG_SD)
        + np.where(is_buyer, BUYER_VIEWS_LOG_MEAN, VIEWS_LOG_MEAN)
    )
    views = np.clip(np.floor(views).astype(np.int64), np.where(pair >= 0, 2, 1), 2_000)

    # Keep the sessions that fit; one of views only takes up the rest.
    fitting = int(np.searchsorted(np.cumsum(views + carts + purchases), piece.rows, side="right"))
    rest = piece.rows - int((views + carts + purchases)[:fitting].sum())
    kept = min(fitting + (rest > 0), count)
    if rest > 0:
        views[kept - 1 :] = rest if fitting < count else views[kept - 1] + rest
        if fitting < count:
            carts[kept - 1], purchases[kept - 1], pair[kept - 1] = 0, 0, -1
    return _Sessions(
        views[:kept], carts[:kept], purchases[:kept], user[:kept], category[:kept], pair[:kept]
    )


def _users(rng: np.random.Generator, count: int, users: int) -> Int64s:
    """Draw a user for each session: a few regulars have most sessions, a robot (-1) very many."""
    regulars = max(1, round(users * REGULAR_USERS_SHARE))
    is_regular = rng.random(count) < REGULAR_SESSIONS_SHARE
    user = np.where(
        is_regular,
        rng.integers(0, regulars, count),
        rng.integers(regulars, max(users, regulars + 1), count),
    )
    return np.where(rng.random(count) < ROBOT_SESSION_SHARE, -1, user)


def _events(rng: np.random.Generator, sessions: _Sessions, catalogue: Catalogue) -> _Events:
    """Lay out the views of each session, then put its carts and purchases after some of them."""
    count = len(sessions.views)
    view_session = np.repeat(np.arange(count), sessions.views)
    first_view = np.cumsum(sessions.views) - sessions.views
    position = np.arange(len(view_session)) - first_view[view_session]
    product, is_repeat = _viewed(rng, sessions, catalogue, view_session, position)

    actions = np.maximum(sessions.carts, sessions.purchases)
    action_session = np.repeat(np.arange(count), actions)
    ordinal = np.arange(len(action_session)) - (np.cumsum(actions) - actions)[action_session]
    # Of two views the session takes the more appealing product; a planted pair its first two.
    choices = sessions.views[action_session]
    one, two = (
        first_view[action_session] + (rng.random(len(choices)) * choices).astype(np.int64)
        for _ in range(2)
    )
    better = catalogue.appeal[product[two]] > catalogue.appeal[product[one]]
    target = np.where(better, two, one)
    planted = (sessions.pair[action_session] >= 0) & (ordinal < 2)
    target = np.where(planted, first_view[action_session] + ordinal, target)

    is_cart = ordinal < sessions.carts[action_session]
    is_purchase = ordinal < sessions.purchases[action_session]
    view_row = np.concatenate([np.arange(len(product)), target[is_cart], target[is_purchase]])
    event_type = np.repeat(
        np.arange(3, dtype=np.int64), [len(product), is_cart.sum(), is_purchase.sum()]
    )
    # Views come session by session, so the row of the view and the step order everything.
    order = np.argsort(view_row * 3 + event_type, kind="stable")
    view_row, event_type = view_row[order], event_type[order]
    return _Events(
        session=view_session[view_row],
        event_type=event_type,
        product=product[view_row],
        is_repeat=is_repeat[view_row] & (event_type == 0),
    )


def _viewed(
    rng: np.random.Generator,
    sessions: _Sessions,
    catalogue: Catalogue,
    view_session: Int64s,
    position: Int64s,
) -> tuple[Int64s, Flags]:
    """Return the product of each view, and whether the row repeats the one before exactly."""
    count = len(view_session)
    category = sessions.categories[view_session]
    low, high = catalogue.first_share[category], catalogue.last_share[category]
    draw = rng.random(count)
    stays = rng.random(count) < SAME_CATEGORY_SHARE
    draw = np.where(stays, low + draw * (high - low), draw)
    product = pick_cumulative(np.minimum(draw, np.nextafter(1.0, 0.0)), catalogue.shares)
    pair = sessions.pair[view_session]
    planted = _planted_products(catalogue)
    for item in range(2):
        chosen = np.flatnonzero((pair >= 0) & (position == item))
        product[chosen] = planted[pair[chosen], item]

    again = rng.random(count)
    may_repeat = (position > 0) & ~((pair >= 0) & (position < 2))
    same = may_repeat & (again < SAME_PRODUCT_SHARE)
    source = np.maximum.accumulate(np.where(same, 0, np.arange(count)))
    return product[source], may_repeat & (again < DUPLICATE_VIEW_SHARE)


def _planted_products(catalogue: Catalogue) -> Int64s:
    """Return the positions in the catalogue of the planted products, one row a pair."""
    pairs = [(int(pair.item_a), int(pair.item_b)) for pair in PLANTED_PAIRS]
    return np.array([[catalogue.index_of(a), catalogue.index_of(b)] for a, b in pairs])


def _times(
    rng: np.random.Generator,
    piece: _Slice,
    period: Timeline,
    events: _Events,
    sessions: _Sessions,
) -> Int64s:
    """Return the second of each event, all of them within the slice."""
    count = len(sessions.events)
    ends = np.cumsum(sessions.events)
    starts = ends - sessions.events
    gaps = np.exp(rng.normal(GAP_LOG_MEAN, GAP_LOG_SD, len(events.session))).astype(np.int64)
    gaps[events.is_repeat] = 0
    gaps[starts] = 0
    elapsed = np.cumsum(gaps)
    elapsed -= elapsed[starts][events.session]
    room = piece.last - piece.first
    longest = max(1, room // 2)
    duration = elapsed[ends - 1]
    squeeze = np.minimum(1.0, longest / np.maximum(duration, 1))
    elapsed = (elapsed * squeeze[events.session]).astype(np.int64)
    duration = elapsed[ends - 1]

    begin = period.at((piece.part + rng.random(count)) / piece.parts)
    latest = piece.last - 1 - duration
    earlier = (rng.random(count) * np.minimum(latest - piece.first, 600)).astype(np.int64)
    begin = np.where(begin > latest, latest - earlier, begin)
    return np.maximum(begin, piece.first)[events.session] + elapsed


def _session_texts(rng: np.random.Generator, sessions: _Sessions) -> pa.StringArray:
    """Return `user_id,user_session` and a line end for each session."""
    count = len(sessions.users)
    ids = _FIRST_USER_ID + sessions.users * 7_368_787 % _USER_IDS
    ids = np.where(sessions.users < 0, ROBOT_USER_ID, ids)
    # A session id that two users share: the one before uses it too.
    own = np.arange(count)
    own[1:] -= rng.random(count - 1) < SHARED_SESSION_SHARE
    return concat(integers(ids), ",", take(uuids(rng, count), own), "\n")


def _spoiled(rows: Mapping[int, str]) -> dict[int, str]:
    """Return rows as they arrive when a writer was cut off, or wrote a price with its currency."""
    *cut, priced = rows
    spoiled = {row: rows[row].rsplit(",", 1)[0] + "\n" for row in cut}
    fields = rows[priced].split(",")
    fields[COLUMNS.index("price")] = "$" + fields[COLUMNS.index("price")]
    return {**spoiled, priced: ",".join(fields)}
