"""What people do on thelook's site: a session for every order, and many of nobody we know."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lakehouse.generate.csv_lines import (
    Lines,
    concat,
    from_columns,
    integers,
    optional_integers,
    strings,
    take,
    uuids,
)
from lakehouse.generate.seeds import Floats, Int64s, pick
from lakehouse.generate.thelook_catalogue import Catalogue
from lakehouse.generate.thelook_users import Users, moments, spots

HEADER = (
    "id",
    "user_id",
    "sequence_number",
    "session_id",
    "created_at",
    "ip_address",
    "city",
    "state",
    "postal_code",
    "browser",
    "traffic_source",
    "uri",
    "event_type",
)
EVENT_TYPES = ("home", "department", "product", "cart", "purchase", "cancel")
HOME, DEPARTMENT, PRODUCT, CART, PURCHASE, CANCEL = range(len(EVENT_TYPES))
EVENTS_RESCUED = 3
EVENTS_PER_USER = 24.0
"""About how many events there are for each user, the anonymous included."""
BROWSERS = {"Chrome": 50, "Firefox": 20, "Safari": 20, "IE": 5, "Other": 5}
TRAFFIC_SOURCES = {"Email": 45, "Adwords": 30, "Facebook": 10, "YouTube": 10, "Organic": 5}
"""thelook full export: the sources that its events know; weights chosen."""
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
    rng: np.random.Generator,
    chunk: int,
    seed: int,
    people: Users,
    bought: Bought,
    catalogue: Catalogue,
    period: tuple[int, int],
) -> Lines:
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
    session = np.concatenate([shopping.session, browsing.session + orders])
    event_type = np.concatenate([shopping.event_type, browsing.event_type])
    product = np.concatenate([shopping.product, browsing.product])
    sessions = orders + strangers
    size = np.bincount(session, minlength=sessions)
    start = np.cumsum(size) - size
    sequence = np.arange(len(session)) - start[session]

    gaps = np.exp(rng.normal(4.2, 0.8, len(session))).astype(np.int64) + 1
    gaps[sequence == 0] = 0
    elapsed = np.cumsum(gaps)
    elapsed -= elapsed[start][session]
    # The last event of a buyer's session is the purchase, at the time of the order.
    length = elapsed[start + size - 1]
    came = np.sqrt(rng.random(strangers)) * (period[1] - period[0] - 7_200) + period[0]
    begin = np.concatenate([bought.time, came.astype(np.int64)])
    begin[:orders] -= length[:orders]
    return _lines(
        rng,
        chunk,
        seed,
        people,
        bought,
        catalogue,
        _Steps(session, event_type, product),
        sequence,
        begin[session] + elapsed,
    )


def _shopping(rng: np.random.Generator, bought: Bought, catalogue: Catalogue) -> _Steps:
    """Sessions that end in an order: home, looks at other products, each item, the purchase."""
    orders = len(bought.user)
    home = np.flatnonzero(rng.random(orders) < HOME_SHARE)
    looks = rng.geometric(1 / (1 + LOOKS_MEAN), orders) - 1
    look = np.repeat(np.arange(orders), looks)
    look_rank = np.arange(len(look)) - (np.cumsum(looks) - looks)[look]
    sizes = np.bincount(bought.order_of_item, minlength=orders)
    item = bought.order_of_item
    item_rank = np.arange(len(item)) - (np.cumsum(sizes) - sizes)[item]
    seen = rng.integers(0, len(catalogue.price_text), len(look))
    none_home, none_pay = np.full(len(home), -1), np.full(orders, -1)
    pieces = [
        (home, HOME, np.zeros(len(home), dtype=np.int64), none_home),
        (look, DEPARTMENT, _LOOK + 4 * look_rank, seen),
        (look, PRODUCT, _LOOK + 4 * look_rank + 1, seen),
        (item, DEPARTMENT, _BUY + 4 * item_rank, bought.product),
        (item, PRODUCT, _BUY + 4 * item_rank + 1, bought.product),
        (item, CART, _BUY + 4 * item_rank + 2, bought.product),
        (np.arange(orders), PURCHASE, np.full(orders, _PAY), none_pay),
    ]
    session = np.concatenate([piece[0] for piece in pieces])
    event_type = np.repeat([piece[1] for piece in pieces], [len(piece[0]) for piece in pieces])
    key = np.concatenate([piece[2] for piece in pieces])
    product = np.concatenate([piece[3] for piece in pieces])
    order = np.argsort(session * 1_000_000 + key, kind="stable")
    return _Steps(session[order], event_type[order], product[order])


def _browsing(rng: np.random.Generator, count: int, catalogue: Catalogue) -> _Steps:
    """Anonymous sessions: a product, mostly put into the cart, often cancelled."""
    size = pick(rng, ANONYMOUS_ENDS, count) + 1
    session = np.repeat(np.arange(count), size)
    rank = np.arange(len(session)) - (np.cumsum(size) - size)[session]
    department = rng.integers(0, 2, count)
    product = np.zeros(count, dtype=np.int64)
    for number, positions in enumerate(catalogue.by_department):
        mine = department == number
        place = np.searchsorted(catalogue.shares[number], rng.random(int(mine.sum())), "right")
        product[mine] = positions[np.minimum(place, len(positions) - 1)]
    return _Steps(session, np.array([PRODUCT, CART, CANCEL])[rank], product[session])


def _lines(
    rng: np.random.Generator,
    chunk: int,
    seed: int,
    people: Users,
    bought: Bought,
    catalogue: Catalogue,
    steps: _Steps,
    sequence: Int64s,
    time: Int64s,
) -> Lines:
    orders = len(bought.user)
    count = int(steps.session[-1]) + 1
    places = spots(seed)
    strangers = count - orders
    spot = np.concatenate([people.spot[bought.user], pick(rng, places.weights, strangers)])
    ids = np.concatenate([people.ids[bought.user], np.zeros(strangers, dtype=np.int64)])
    city = pa.concat_arrays([take(people.city, bought.user), take(places.city, spot[orders:])])
    address = rng.integers(1, 255, (4, count))
    ip = concat(
        integers(address[0]),
        ".",
        integers(address[1]),
        ".",
        integers(address[2]),
        ".",
        integers(address[3]),
    )
    session = steps.session
    columns: list[pa.StringArray | str] = [
        integers(chunk * _IDS_PER_CHUNK + 1 + np.arange(len(session))),
        take(optional_integers(ids, ids > 0), session),
        integers(sequence + 1),
        take(uuids(rng, count), session),
        moments(time),
        take(ip, session),
        take(city, session),
        take(places.state, spot[session]),
        take(places.postal, spot[session]),
        take(strings(BROWSERS), _draw(rng, BROWSERS, count)[session]),
        take(strings(TRAFFIC_SOURCES), _draw(rng, TRAFFIC_SOURCES, count)[session]),
        _uris(steps, catalogue),
        take(strings(EVENT_TYPES), steps.event_type),
    ]
    spoiled = {}
    if chunk == 0 and len(session) >= _SPOILED_FROM_ROWS:
        sizes = np.bincount(session)
        single = np.flatnonzero((session >= orders) & (sizes[session] == 1))
        spoiled = _spoiled(columns, [int(row) for row in single[10 : 10 + EVENTS_RESCUED]])
    return from_columns(columns, spoiled=spoiled)


def _draw(rng: np.random.Generator, weights: dict[str, int], count: int) -> Int64s:
    shares: Floats = np.array(list(weights.values()), dtype=np.float64)
    return pick(rng, shares, count)


def _uris(steps: _Steps, catalogue: Catalogue) -> pa.StringArray:
    """Return the address of each event's page."""
    fixed = ["/home", "", "", "/cart", "/purchase", "/cancel"]
    products = len(catalogue.price_text)
    pages = strings(
        [
            *fixed,
            *(f"/product/{n + 1}" for n in range(products)),
            *(str(uri) for uri in catalogue.department_uri.to_pylist()),
        ]
    )
    page = np.select(
        [steps.event_type == PRODUCT, steps.event_type == DEPARTMENT],
        [len(fixed) + steps.product, len(fixed) + products + steps.product],
        steps.event_type,
    )
    return take(pages, page)


def _spoiled(columns: list[pa.StringArray | str], rows: list[int]) -> dict[int, str]:
    """Return rows as a broken writer leaves them: cut off, or a number in words."""
    fields = {
        row: [str(column[row].as_py()) for column in columns if not isinstance(column, str)]
        for row in rows
    }
    *cut, wordy = rows
    fields[wordy][HEADER.index("sequence_number")] = "one"
    return {row: ",".join(fields[row][:-1] if row in cut else fields[row]) + "\n" for row in rows}
