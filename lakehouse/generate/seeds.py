"""Where every random number comes from: one stream per (seed, shop, part), independent of the rest.

A chunk draws only from the generator of its own key, so its bytes do not depend on which other
chunks, files or shops are made, in which order, or by how many workers.
"""

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rng = np.random.Generator


def generator(seed: int, shop: str, *key: int | str) -> Rng:
    """Return the random generator of one part of one shop.

    Args:
        seed: what the user asked for; zero or more.
        shop: the shop's id.
        key: what tells this part from the shop's others, such as ("lines", 3).
    """
    words = [crc32(part.encode()) if isinstance(part, str) else part for part in (shop, *key)]
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, *words])))


def hashed_uniform(ids: Int64s, salt: int) -> Floats:
    """Return one number in [0, 1) for each id, always the same for the same id and salt.

    Gives an entity a lasting property (a customer's taste) without a table of all entities.
    The mixing function is the finalizer of splitmix64 (Steele, Lea, Flood, 2014).
    """
    z = ids.astype(np.uint64) + np.uint64((salt * 0x9E3779B97F4A7C15 + 1) % 2**64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def pick(rng: Rng, weights: Floats, size: int) -> Int64s:
    """Return `size` indexes into `weights`, each drawn in proportion to its weight."""
    return pick_cumulative(rng.random(size), cumulative(weights))


def falling(count: int, offset: float, exponent: float) -> Floats:
    """Return weights that fall with the rank, as popularity does: (rank + offset) ** -exponent."""
    return np.exp(-exponent * np.log(np.arange(count, dtype=np.float64) + offset))


def cumulative(weights: Floats) -> Floats:
    """Return the running share of the weights, ending at exactly 1."""
    totals = np.cumsum(weights, dtype=np.float64)
    totals /= totals[-1]
    totals[-1] = 1.0
    return totals


def pick_cumulative(uniform: Floats, shares: Floats) -> Int64s:
    """Return for each number in [0, 1) the index of the share it falls into."""
    return np.searchsorted(shares, uniform, side="right").astype(np.int64)


def apportion(total: int, weights: Floats) -> Int64s:
    """Split `total` into whole parts in proportion to `weights`; the parts add up to `total`."""
    edges = np.floor(cumulative(weights) * total + 0.5).astype(np.int64)
    return np.diff(edges, prepend=0)


def members(sizes: Int64s) -> tuple[Int64s, Int64s]:
    """Return for each member of groups of these sizes its group, and its rank there, from 0."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    return group, np.arange(len(group)) - firsts(sizes)[group]


def firsts(sizes: Int64s) -> Int64s:
    """Return where each of some groups starts when their members lie one after the other."""
    return np.cumsum(sizes) - sizes
