"""Sample of *Customer Shopping Trends*: one row per customer, 18 columns, no date.

The real file's rules hold in every row: a discount always comes with a promo code and the other
way round, both only for men, and only men with a discount subscribe. Items lean towards the
seasons in the catalogue's `seasonal_items`, to women and men by its `gender_items`, and discounts
to men of some ages and to clothes. The real file does none of these (there everything is alike
beyond its rules), so that models of seasons and of promo codes have something to find; ratings are
alike here too. A customer has one row, as in the real file, so there are no baskets and no planted
pairs.
"""

from functools import partial

import numpy as np

from lakehouse.generate import texts
from lakehouse.generate.catalogue import CatalogueFile, Choices, read_catalogue
from lakehouse.generate.plan import Pieces, PlantedPair, ShopPlan
from lakehouse.generate.seeds import Floats, Int64s, generator, hashed_uniform, pick


class Data(CatalogueFile):
    """The keys of `catalogues/shopping_trends.yml`, which says what they are."""

    customers: dict[str, int]
    items: dict[str, dict[str, float]]
    seasonal_items: dict[str, tuple[str, ...]]
    gender_items: tuple[tuple[str, str], ...]
    sizes: Choices
    colors: Choices
    shipping: Choices
    payments: Choices
    frequencies: Choices
    states: Choices


SHOP = "shopping_trends"
DATA = read_catalogue(SHOP, Data)
ROWS = 3_900
PLANTED_PAIRS: tuple[PlantedPair, ...] = ()
SEASONAL_LEAN = 0.4
"""The share of a seasonal item's purchases that is moved to its own season."""
PLANTED_GENDER_LEAN = 0.6
"""The share of the purchases of a pair in `gender_items` that would go to the other gender, and is
moved to the item of their own."""
PLANTED_PROMO_AGES, PLANTED_PROMO_AGE_LEAN = (30, 54), 0.2
"""Men of these ages get a discount that much more often than the mean of men, others less."""
PLANTED_PROMO_CATEGORY, PLANTED_PROMO_CATEGORY_LEAN = "Clothing", 0.1
"""On this category they get one that much more often, on others less."""

_CHUNK_ROWS = 100_000
_SEASONS = tuple(DATA.seasonal_items)
_ITEMS = [
    (category, item, count)
    for category, group in DATA.items.items()
    for item, count in group.items()
]


_DIRT = texts.Dirt(cut=(), odd=777, column="Purchase Amount (USD)", form="$53.00", least_rows=1_000)
FILE = "shopping_trends_updated.csv"
RESCUED_ROWS = {FILE: _DIRT.count}
"""An amount with its currency, from 1,000 rows on."""


def plan(scale: float, seed: int) -> ShopPlan:
    """Return the plan of the one file: 3,900 rows at scale 1."""
    rows = max(1, round(ROWS * scale))
    starts = range(0, rows, _CHUNK_ROWS)
    return ShopPlan(
        shop=SHOP,
        rows={FILE: rows},
        chunks=[partial(_chunk, seed, start, min(start + _CHUNK_ROWS, rows)) for start in starts],
    )


def _chunk(seed: int, start: int, stop: int) -> Pieces:
    rng = generator(seed, SHOP, start // _CHUNK_ROWS)
    count = stop - start
    ids = np.arange(start + 1, stop + 1, dtype=np.int64)
    everyone, men, with_discount, subscribers = DATA.customers.values()
    is_man = rng.random(count) < men / everyone
    item = pick(rng, np.array([count for _, _, count in _ITEMS]), count)
    moves = rng.random(count) < PLANTED_GENDER_LEAN
    item = np.where(moves, _items_by_gender()[is_man.astype(np.int64), item], item)
    age = rng.integers(18, 71, count)
    has_discount = is_man & (rng.random(count) < with_discount / men + _promo_lean(age, item))
    is_subscriber = has_discount & (rng.random(count) < subscribers / with_discount)
    season = rng.integers(0, len(_SEASONS), count)
    own_season = _own_season()[item]
    season = np.where((own_season >= 0) & (rng.random(count) < SEASONAL_LEAN), own_season, season)
    # A steady trait of the customer: who buys often has bought more before.
    frequency = (hashed_uniform(ids, seed) * len(DATA.frequencies.names)).astype(np.int64)
    columns = {
        "Customer ID": texts.integers(ids),
        "Age": texts.integers(age),
        "Gender": texts.either(is_man, "Male", "Female"),
        "Item Purchased": texts.take(texts.strings(item for _, item, _ in _ITEMS), item),
        "Category": texts.take(texts.strings(category for category, _, _ in _ITEMS), item),
        "Purchase Amount (USD)": texts.integers(rng.integers(20, 101, count)),
        "Location": DATA.states.column(rng, count),
        "Size": DATA.sizes.column(rng, count),
        "Color": DATA.colors.column(rng, count),
        "Season": texts.take(texts.strings(_SEASONS), season),
        # By tenths, as the file writes them: `3.1`, and `4` for 4.0.
        "Review Rating": texts.take(
            texts.strings(f"{n / 10:g}" for n in range(51)), rng.integers(25, 51, count)
        ),
        "Subscription Status": texts.either(is_subscriber, "Yes", "No"),
        "Shipping Type": DATA.shipping.column(rng, count),
        "Discount Applied": texts.either(has_discount, "Yes", "No"),
        "Promo Code Used": texts.either(has_discount, "Yes", "No"),
        "Previous Purchases": texts.integers(rng.integers(1, 51, count)),
        "Payment Method": DATA.payments.column(rng, count),
        "Frequency of Purchases": DATA.frequencies.at(frequency),
    }
    return {FILE: texts.from_columns(columns, _DIRT if start == 0 else None, "\r\n")}


def _items_by_gender() -> Int64s:
    """Return what women (row 0) and men (row 1) who lean to their own items buy for each item."""
    names = [item for _, item, _ in _ITEMS]
    items = np.tile(np.arange(len(names)), (2, 1))
    for pair in DATA.gender_items:
        of_women, of_men = map(names.index, pair)
        items[0, of_men], items[1, of_women] = of_women, of_men
    return items


def _promo_lean(age: Int64s, item: Int64s) -> Floats:
    """Return how much more or less often than the mean of men each gets a discount."""
    youngest, oldest = PLANTED_PROMO_AGES
    is_of_age = (age >= youngest) & (age <= oldest)
    is_category = np.array([c == PLANTED_PROMO_CATEGORY for c, _, _ in _ITEMS])[item]
    lean: Floats = np.where(is_of_age, PLANTED_PROMO_AGE_LEAN, -PLANTED_PROMO_AGE_LEAN)
    return lean + np.where(is_category, PLANTED_PROMO_CATEGORY_LEAN, -PLANTED_PROMO_CATEGORY_LEAN)


def _own_season() -> Int64s:
    """Return the season that each item leans towards, -1 for none."""
    seasons = {
        item: number for number, items in enumerate(DATA.seasonal_items.values()) for item in items
    }
    return np.array([seasons.get(item, -1) for _, item, _ in _ITEMS])
