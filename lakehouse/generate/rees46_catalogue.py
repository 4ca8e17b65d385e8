"""The products of the clickstream shop: categories, brands, prices, and how often each is seen."""

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakehouse.generate import texts
from lakehouse.generate.catalogue import CatalogueFile, read_catalogue
from lakehouse.generate.seeds import Floats, Int64s, Rng, cumulative, falling, generator, members


class Category(NamedTuple):
    """A category: its code (empty: none), events, median price in USD, conversion, brands."""

    code: str
    events: float
    median_price: float
    conversion: float
    brands: tuple[str, ...]


class Data(CatalogueFile):
    """The keys of `catalogues/rees46.yml`, which says what they are."""

    categories: tuple[Category, ...]
    price_levels: dict[str, float]
    pairs: tuple[tuple[tuple[str, str], tuple[str, str]], ...]
    hours: tuple[float, ...]


@dataclass(frozen=True)
class Catalogue:
    """All products, in the order of their categories."""

    product_ids: Int64s  # one per product
    shares: Floats  # running share of views over the products, for drawing them
    # Running share of views over the categories: where the products of each end in `shares`.
    category_shares: Floats
    conversion: Floats  # how much more or less often sessions of each category buy; 1 is the mean
    appeal: Floats  # one number per product; of two products seen, the one with more is bought
    # `product_id,category_id,category_code,brand,price,` of every product, once for each of the
    # Two periods of prices, one after the other.
    texts: pa.StringArray

    def index_of(self, product_id: int) -> int:
        """Return the position of a product by its id; the id must exist."""
        return int(np.flatnonzero(self.product_ids == product_id)[0])


DATA = read_catalogue("rees46", Data)
CODED_SHARE = 1 - 0.337
"""REES46 Nov 2019: category_code is null in 32.4% of the events. More here, as who looks for goods
with a code buys more and so has longer sessions."""
NO_BRAND_SHARE_CODED = 0.073
NO_BRAND_SHARE_UNCODED = 0.271
"""Chosen so that together 13.7% of the events have no brand (REES46 Nov 2019)."""
ZERO_PRICE_SHARE = 188_088 / 67_501_979
"""REES46 Nov 2019: events whose price is 0."""
MAX_PRICE = 2574.07
"""The highest price of the REES46 sample of October 2019."""
PRICE_CHANGE_SHARE = 0.3
MAX_PRODUCTS = 190_662
"""REES46 Nov 2019: products seen in the month."""

Slot = TypeVar("Slot", int, Int64s)
_CATEGORY_ID_BASE = 2_053_013_552_226_107_603
_PRODUCTS_PER_BRAND_SLOT = 20_000
_IS_CODED = np.array([bool(category.code) for category in DATA.categories])


def product_id(code: str, brand: str) -> int:
    """Return the id of the product that is seen most in its category and brand.

    It is the same whatever the scale and the seed.
    """
    for number, category in enumerate(DATA.categories):
        if category.code == code and brand in category.brands:
            return _first_product_id(number, category.brands.index(brand) + 1)
    raise ValueError(f"the catalogue of rees46 has no {brand} in {code}")


def build(count: int, seed: int) -> Catalogue:
    """Return a catalogue of about `count` products, at least one per category and brand."""
    rng = generator(seed, "rees46", "catalogue")
    category_weights = _category_weights()
    sizes = np.sqrt(category_weights)
    sizes = np.round(sizes / sizes.sum() * count).astype(np.int64)
    parts: list[tuple[Int64s, Int64s, Floats, Floats, NDArray[np.str_]]] = []
    for index, category in enumerate(DATA.categories):
        # Slot 0 is the products without a brand; the others are the brands, most seen first.
        brands = np.array(["", *category.brands])
        no_brand = NO_BRAND_SHARE_CODED if category.code else NO_BRAND_SHARE_UNCODED
        popularity = 1.0 / np.arange(1, len(brands))
        slots = np.concatenate([[no_brand], (1 - no_brand) * popularity / popularity.sum()])
        in_slots = np.maximum(np.round(np.sqrt(slots) / np.sqrt(slots).sum() * sizes[index]), 1)
        slot, rank = members(in_slots.astype(np.int64))
        seen = [falling(count, 3.0, 0.9) for count in in_slots.astype(int).tolist()]
        all_seen = np.array([weights.sum() for weights in seen])[slot]
        level = np.array([DATA.price_levels.get(brand, 1.0) for brand in brands.tolist()])
        price = category.median_price * level * np.exp(rng.normal(0.0, 0.3, len(brands)))
        parts.append(
            (
                _first_product_id(index, slot) + rank * 7 % _PRODUCTS_PER_BRAND_SLOT,
                np.full(len(slot), index),
                (category_weights[index] * slots)[slot] * np.concatenate(seen) / all_seen,
                price[slot] * np.exp(rng.normal(0.0, 0.64, len(slot))),
                brands[slot],
            )
        )
    ids, categories, weights, prices, brands = map(np.concatenate, zip(*parts, strict=True))

    shares = cumulative(weights)
    ends = np.searchsorted(categories, np.arange(len(sizes)), side="right")
    prices = np.maximum(np.round(np.minimum(prices, MAX_PRICE), 2), 0.77)
    is_nameless = ~_IS_CODED[categories] & (brands == "")
    prices[_free_products(rng, weights, np.flatnonzero(is_nameless))] = 0.0
    later = np.where(
        rng.random(len(ids)) < PRICE_CHANGE_SHARE,
        np.round(prices * rng.uniform(0.8, 1.05, len(ids)), 2),
        prices,
    )
    # Cheaper than its category's middle: more appealing, so that price bands convert differently.
    middle = np.array([category.median_price for category in DATA.categories])[categories]
    conversion = np.array([category.conversion for category in DATA.categories])
    return Catalogue(
        product_ids=ids,
        shares=shares,
        category_shares=shares[ends - 1],
        conversion=conversion / float(np.dot(conversion, category_weights)),
        appeal=rng.normal(0.0, 1.0, len(ids)) - 0.5 * np.log(np.maximum(prices, 0.5) / middle),
        texts=texts.strings(
            f"{product},{_CATEGORY_ID_BASE + category * 8_388_609},"
            f"{DATA.categories[category].code},{brand},{price:.2f},"
            for period in (prices, later)
            for product, category, brand, price in zip(
                *(column.tolist() for column in (ids, categories, brands, period)), strict=True
            )
        ),
    )


def _category_weights() -> Floats:
    """Return the share of the events of each category."""
    events = np.array([category.events for category in DATA.categories])
    share: Floats = np.where(
        _IS_CODED,
        CODED_SHARE / events[_IS_CODED].sum(),
        (1 - CODED_SHARE) / events[~_IS_CODED].sum(),
    )
    return events * share


def _free_products(rng: Rng, weights: Floats, candidates: Int64s) -> Int64s:
    """Return the products priced 0: some of the candidates, rarely seen."""
    candidates = rng.permutation(candidates)
    running = np.cumsum(weights[candidates]) / weights.sum()
    return candidates[: int(np.searchsorted(running, ZERO_PRICE_SHARE)) + 1]


def _first_product_id(category: int, slot: Slot) -> Slot:
    return 1_000_000 * (category + 1) + _PRODUCTS_PER_BRAND_SLOT * slot + 978
