"""What visitors of the clickstream shop do: sessions, their events and when they happen."""

from dataclasses import dataclass

import numpy as np

from lakehouse.generate.plan import PlantedPair
from lakehouse.generate.rees46_catalogue import DATA, Catalogue, product_id
from lakehouse.generate.seeds import (
    Flags,
    Int64s,
    Rng,
    firsts,
    hashed_uniform,
    members,
    pick_cumulative,
)
from lakehouse.generate.timeline import Timeline

EVENT_TYPES = ("view", "cart", "purchase")
PLANTED_PAIRS = tuple(
    PlantedPair(str(product_id(*a)), str(product_id(*b)), 0.015) for a, b in DATA.pairs
)
"""Bought together in one session; eligible are the sessions with a purchase."""

# REES46 Nov 2019: 12.7% of the sessions reach a cart, 5.6% a purchase; 4.90 events a session
# (p50 2, p90 11, p99 36), of them 0.22 carts and 0.067 purchases; a robot has 22,542 of
# 13,776,050 sessions. The log-normal parameters are fitted to these.
CART_ONLY_SHARE = 0.072
CART_AND_PURCHASE_SHARE = 0.051
PURCHASE_ONLY_SHARE = 0.005
ROBOT_SESSION_SHARE = 22_542 / 13_776_050
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
DUPLICATE_VIEW_SHARE = 0.0006
GAP_LOG_MEAN, GAP_LOG_SD = 3.5, 0.95
"""Seconds between events: median 33, REES46 sample of October 2019."""


@dataclass(frozen=True)
class Slice:
    """One chunk: its rows, and the seconds [first, last) they lie in."""

    seed: int
    month: int
    part: int
    parts: int
    rows: int
    first: int
    last: int


@dataclass(frozen=True)
class Sessions:
    """Sessions, one value each: how many events of each type, and what they are about."""

    views: Int64s
    carts: Int64s
    purchases: Int64s
    users: Int64s
    categories: Int64s
    pair: Int64s

    @property
    def events(self) -> Int64s:
        """How many events each session has."""
        return self.views + self.carts + self.purchases


@dataclass(frozen=True)
class Events:
    """Events, one value each, in the order they happen within their session."""

    session: Int64s
    event_type: Int64s
    product: Int64s
    is_repeat: Flags


def draw_sessions(rng: Rng, piece: Slice, catalogue: Catalogue, users: int) -> Sessions:
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
    return Sessions(
        views[:kept], carts[:kept], purchases[:kept], user[:kept], category[:kept], pair[:kept]
    )


def _users(rng: Rng, count: int, users: int) -> Int64s:
    """Draw a user for each session: a few regulars have most sessions, a robot (-1) very many."""
    regulars = max(1, round(users * REGULAR_USERS_SHARE))
    is_regular = rng.random(count) < REGULAR_SESSIONS_SHARE
    user = np.where(
        is_regular,
        rng.integers(0, regulars, count),
        rng.integers(regulars, max(users, regulars + 1), count),
    )
    return np.where(rng.random(count) < ROBOT_SESSION_SHARE, -1, user)


def draw_events(rng: Rng, sessions: Sessions, catalogue: Catalogue) -> Events:
    """Lay out the views of each session, then put its carts and purchases after some of them."""
    view_session, position = members(sessions.views)
    first_view = firsts(sessions.views)
    product, is_repeat = _viewed(rng, sessions, catalogue, view_session, position)

    action_session, ordinal = members(np.maximum(sessions.carts, sessions.purchases))
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
    return Events(
        session=view_session[view_row],
        event_type=event_type,
        product=product[view_row],
        is_repeat=is_repeat[view_row] & (event_type == 0),
    )


def _viewed(
    rng: Rng, sessions: Sessions, catalogue: Catalogue, view_session: Int64s, position: Int64s
) -> tuple[Int64s, Flags]:
    """Return the product of each view, and whether the row repeats the one before exactly."""
    count = len(view_session)
    category = sessions.categories[view_session]
    edges = np.concatenate([[0.0], catalogue.category_shares])
    low, high = edges[category], edges[category + 1]
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


def draw_times(
    rng: Rng, piece: Slice, period: Timeline, events: Events, sessions: Sessions
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
