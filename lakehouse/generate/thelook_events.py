"""What people do on thelook's site: a session for every order, and many of nobody we know."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lakehouse.generate import texts
from lakehouse.generate.seeds import Int64s, Rng, firsts, members, pick
from lakehouse.generate.thelook_catalogue import DATA, Catalogue
from lakehouse.generate.thelook_users import Users, moments, spots

EVENT_TYPES = ("home", "department", "product", "cart", "purchase", "cancel")
HOME, DEPARTMENT, PRODUCT, CART, PURCHASE, CANCEL = range(len(EVENT_TYPES))
EVENTS_RESCUED = 3
EVENTS_PER_USER = 24.0
"""About how many events there are for each user, the anonymous included."""
HOME_SHARE = 0.7
LOOKS_MEAN = 1.2
ANONYMOUS_PER_USER = 5.1
"""So that 46% of the events have no user, as in the full export."""
# Anonymous sessions end after a look, after the cart, or with a cancelled cart.
ANONYMOUS_ENDS = np.array([0.25, 0.30, 0.45])
_IDS_PER_CHUNK = 100_000
_SPOILED_FROM_ROWS = 5_000
_LOOK, _BUY, _PAY = 10, 100_000, 900_000


@dataclass(frozen=True)
class Bought:
    """Orders (user's position and time) and their items (order's position and product)."""

    user: Int64s
    time: Int64s
    order_of_item: Int64s
    product: Int64s


@dataclass(frozen=True)
class _Steps:
    """Events in the order they happen: session, type and product (-1 for none) of each."""

    session: Int64s
    event_type: Int64s
    product: Int64s


def events(
    rng: Rng,
    chunk: int,
    seed: int,
    people: Users,
    bought: Bought,
    catalogue: Catalogue,
    period: tuple[int, int],
) -> texts.Lines:
    """Return the events around the orders of some users, and a share of the anonymous ones.

    Args:
        rng: the chunk's generator.
        chunk: the number of the chunk; ids count from 100,000 times that.
        seed: the seed of the run.
        people: the users of the chunk.
        bought: their orders and items.
        catalogue: the products.
        period: first and last second of the shop.
    """
    orders = len(bought.user)
    strangers = round(len(people.ids) * ANONYMOUS_PER_USER)
    shopping = _shopping(rng, bought, catalogue)
    browsing = _browsing(rng, strangers, catalogue)
    steps = _Steps(
        np.concatenate([shopping.session, browsing.session + orders]),
        np.concatenate([shopping.event_type, browsing.event_type]),
        np.concatenate([shopping.product, browsing.product]),
    )
    session = steps.session
    size = np.bincount(session, minlength=orders + strangers)
    start = firsts(size)
    _, sequence = members(size)

    gaps = np.exp(rng.normal(4.2, 0.8, len(session))).astype(np.int64) + 1
    gaps[sequence == 0] = 0
    elapsed = np.cumsum(gaps)
    elapsed -= elapsed[start][session]
    # The last event of a buyer's session is the purchase, at the time of the order.
    length = elapsed[start + size - 1]
    came = np.sqrt(rng.random(strangers)) * (period[1] - period[0] - 7_200) + period[0]
    begin = np.concatenate([bought.time, came.astype(np.int64)])
    begin[:orders] -= length[:orders]

    places = spots(seed)
    spot = np.concatenate([people.spot[bought.user], pick(rng, places.weights, strangers)])
    user = np.concatenate([people.ids[bought.user], np.zeros(strangers, dtype=np.int64)])
    city = pa.concat_arrays(
        [texts.take(people.city, bought.user), texts.take(places.city, spot[orders:])]
    )
    ip = texts.joined([texts.integers(part) for part in rng.integers(1, 255, (4, len(user)))], ".")
    columns = {
        "id": texts.integers(chunk * _IDS_PER_CHUNK + 1 + np.arange(len(session))),
        "user_id": texts.take(texts.blank_unless(texts.integers(user), user > 0), session),
        "sequence_number": texts.integers(sequence + 1),
        "session_id": texts.take(texts.uuids(rng, len(user)), session),
        "created_at": moments(begin[session] + elapsed),
        "ip_address": texts.take(ip, session),
        "city": texts.take(city, session),
        "state": texts.take(places.state, spot[session]),
        "postal_code": texts.take(places.postal, spot[session]),
        "browser": texts.take(DATA.browsers.column(rng, len(user)), session),
        "traffic_source": texts.take(DATA.event_sources.column(rng, len(user)), session),
        "uri": _uris(steps, catalogue),
        "event_type": texts.take(texts.strings(EVENT_TYPES), steps.event_type),
    }
    dirt = None
    if chunk == 0 and len(session) >= _SPOILED_FROM_ROWS:
        # Of sessions of one event, so that no other event misses its own.
        single = np.flatnonzero((session >= orders) & (size[session] == 1))
        *cut, odd = single[10 : 10 + EVENTS_RESCUED].tolist()
        dirt = texts.Dirt(cut=cut, odd=odd, column="sequence_number", form="one")
    return texts.from_columns(columns, dirt)


def _shopping(rng: Rng, bought: Bought, catalogue: Catalogue) -> _Steps:
    """Sessions that end in an order: home, looks at other products, each item, the purchase."""
    orders = len(bought.user)
    home = np.flatnonzero(rng.random(orders) < HOME_SHARE)
    looks = rng.geometric(1 / (1 + LOOKS_MEAN), orders) - 1
    look, look_rank = members(looks)
    item, item_rank = members(np.bincount(bought.order_of_item, minlength=orders))
    seen = rng.integers(0, len(catalogue.texts), len(look))
    pieces = [
        np.broadcast_arrays(*piece)
        for piece in (
            (home, HOME, 0, -1),
            (look, DEPARTMENT, _LOOK + 4 * look_rank, seen),
            (look, PRODUCT, _LOOK + 4 * look_rank + 1, seen),
            (item, DEPARTMENT, _BUY + 4 * item_rank, bought.product),
            (item, PRODUCT, _BUY + 4 * item_rank + 1, bought.product),
            (item, CART, _BUY + 4 * item_rank + 2, bought.product),
            (np.arange(orders), PURCHASE, _PAY, -1),
        )
    ]
    session, event_type, key, product = map(np.concatenate, zip(*pieces, strict=True))
    order = np.argsort(session * 1_000_000 + key, kind="stable")
    return _Steps(session[order], event_type[order], product[order])


def _browsing(rng: Rng, count: int, catalogue: Catalogue) -> _Steps:
    """Anonymous sessions: a product, mostly put into the cart, often cancelled."""
    session, rank = members(pick(rng, ANONYMOUS_ENDS, count) + 1)
    department = rng.integers(0, 2, count)
    share = np.empty(count)
    share[np.argsort(department, kind="stable")] = rng.random(count)
    product = catalogue.product_at(department, share)
    return _Steps(session, np.array([PRODUCT, CART, CANCEL])[rank], product[session])


def _uris(steps: _Steps, catalogue: Catalogue) -> pa.StringArray:
    """Return the address of each event's page."""
    fixed = texts.strings(["/home", "", "", "/cart", "/purchase", "/cancel"])
    products = texts.strings(f"/product/{n + 1}" for n in range(len(catalogue.texts)))
    pages = pa.concat_arrays([fixed, products, catalogue.department_uri])
    page = np.select(
        [steps.event_type == PRODUCT, steps.event_type == DEPARTMENT],
        [len(fixed) + steps.product, len(fixed) + len(products) + steps.product],
        steps.event_type,
    )
    return texts.take(pages, page)
