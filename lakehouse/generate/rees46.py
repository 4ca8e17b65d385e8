"""Sample of the REES46 multi-category store's clickstream: October and November 2019.

A file is cut into chunks of a fixed number of rows. A chunk is a slice of time with whole
sessions: one that would run past the slice begins a little earlier, so that events are in order
of time over the whole file and no session is cut, with no state carried from chunk to chunk.
"""

from functools import partial

import numpy as np
import pyarrow as pa

from lakehouse.generate import texts
from lakehouse.generate.plan import Chunk, Pieces, ShopPlan
from lakehouse.generate.rees46_catalogue import DATA, MAX_PRODUCTS, Catalogue, build
from lakehouse.generate.rees46_sessions import (
    EVENT_TYPES,
    PLANTED_PAIRS,
    Sessions,
    Slice,
    draw_events,
    draw_sessions,
    draw_times,
)
from lakehouse.generate.seeds import Floats, Rng, apportion, generator
from lakehouse.generate.timeline import Calendar, Timeline, timeline

__all__ = ["PLANTED_PAIRS", "RESCUED_ROWS", "SHOP", "plan", "rows_for_bytes"]

SHOP = "rees46"
FILES = ("2019-Oct.csv", "2019-Nov.csv")
ROWS = 165_000
BYTES_PER_ROW = 133.5
"""About how long a row is, for sizing by bytes; the published file has 14.68 GB for 110 M rows."""
_DIRT = texts.Dirt(cut=(1_009, 2_503), odd=4_001, column="price", form="${}", least_rows=20_000)
RESCUED_ROWS = {FILES[0]: _DIRT.count}
"""Rows that end before the session, or have a price with a dollar sign; from 20,000 rows on."""
ROBOT_USER_ID = 568_778_435
"""A user with far more sessions than anyone else."""

PERIODS = (("2019-10-01", "2019-11-01"), ("2019-11-01", "2019-12-01"))
MONTH_EVENTS = (42_448_764, 67_501_979)
"""Rows of the two real files."""

EVENTS_PER_USER = 109_950_743 / 5_316_649
"""Both months of the real files: events and users."""
SHARED_SESSION_SHARE = 0.0003

_HOURS = np.array(DATA.hours)
_CHUNK_ROWS = 200_000
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
    for month, (start, end) in enumerate(PERIODS):
        period = timeline(start, end, _busyness)
        parts = max(1, -(-int(counts[month]) // _CHUNK_ROWS))
        sizes = apportion(int(counts[month]), np.ones(parts))
        for part in range(parts):
            first, last = period.slice_bounds(part, parts)
            piece = Slice(seed, month, part, parts, int(sizes[part]), first, last)
            chunks.append(partial(_chunk, piece, period, catalogue, users))
    return ShopPlan(
        shop=SHOP,
        rows=dict(zip(FILES, counts.tolist(), strict=True)),
        chunks=chunks,
    )


def _busyness(calendar: Calendar) -> Floats:
    """Weight of an hour: the daily curve, a fuller weekend, the sale of 15 to 17 November."""
    weight = _HOURS[calendar.hour] * np.where(calendar.weekday >= 4, 1.1, 1.0)
    sale = (calendar.month == 11) & (calendar.day >= 15) & (calendar.day <= 17)
    return np.where(sale, weight * 2.5, weight)


def _chunk(piece: Slice, period: Timeline, catalogue: Catalogue, users: int) -> Pieces:
    rng = generator(piece.seed, SHOP, piece.month, piece.part)
    sessions = draw_sessions(rng, piece, catalogue, users)
    events = draw_events(rng, sessions, catalogue)
    times = draw_times(rng, piece, period, events, sessions)

    order = np.argsort(times, kind="stable")
    product = events.product[order] + piece.month * len(catalogue.product_ids)
    columns = {
        "event_time": texts.timestamps(times[order]),
        "event_type": texts.take(
            texts.strings(f" UTC,{name}," for name in EVENT_TYPES), events.event_type[order]
        ),
        "product_id,category_id,category_code,brand,price": texts.take(catalogue.texts, product),
        "user_id,user_session": texts.take(_session_texts(rng, sessions), events.session[order]),
    }
    dirt = _DIRT if piece.month == 0 and piece.part == 0 else None
    return {FILES[piece.month]: texts.from_columns(columns, dirt, is_joined=True)}


def _session_texts(rng: Rng, sessions: Sessions) -> pa.StringArray:
    """Return `user_id,user_session` and a line end for each session."""
    count = len(sessions.users)
    ids = _FIRST_USER_ID + sessions.users * 7_368_787 % _USER_IDS
    ids = np.where(sessions.users < 0, ROBOT_USER_ID, ids)
    # A session id that two users share: the one before uses it too.
    own = np.arange(count)
    own[1:] -= rng.random(count - 1) < SHARED_SESSION_SHARE
    return texts.concat(texts.integers(ids), ",", texts.take(texts.uuids(rng, count), own), "\n")
