"""Sample of *Customer Shopping Trends*: one row per customer, 18 columns, no date.

The real file's rules hold in every row: a discount always comes with a promo code and the other
way round, both only for men, and only men with a discount subscribe. Items lean towards the
seasons in SEASONAL_ITEMS, which the real file does not do (there every season sells alike), so
that a seasonal model has something to find. A customer has one row, as in the real file, so there
are no baskets and no planted pairs.
"""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pyarrow as pa

from lakehouse.generate.csv_lines import (
    Lines,
    from_columns,
    integers,
    listed,
    strings,
    take,
)
from lakehouse.generate.plan import PlantedPair, ShopPlan
from lakehouse.generate.seeds import Int64s, generator, hashed_uniform, pick

SHOP = "shopping_trends"
FILE = "shopping_trends_updated.csv"
HEADERS = {
    FILE: (
        "Customer ID",
        "Age",
        "Gender",
        "Item Purchased",
        "Category",
        "Purchase Amount (USD)",
        "Location",
        "Size",
        "Color",
        "Season",
        "Review Rating",
        "Subscription Status",
        "Shipping Type",
        "Discount Applied",
        "Promo Code Used",
        "Previous Purchases",
        "Payment Method",
        "Frequency of Purchases",
    )
}
ROWS = 3_900
PLANTED_PAIRS: tuple[PlantedPair, ...] = ()
RESCUED_ROWS = {FILE: 1}
"""One amount is written `$53.00`, from 1,000 rows on."""

# Counts of the real file, 3,900 rows.
ITEMS = {
    "Clothing": {
        "Blouse": 171,
        "Pants": 171,
        "Shirt": 169,
        "Dress": 166,
        "Sweater": 164,
        "Socks": 159,
        "Skirt": 158,
        "Shorts": 157,
        "Hoodie": 151,
        "T-shirt": 147,
        "Jeans": 124,
    },
    "Accessories": {
        "Jewelry": 171,
        "Sunglasses": 161,
        "Belt": 161,
        "Scarf": 157,
        "Hat": 154,
        "Handbag": 153,
        "Backpack": 143,
        "Gloves": 140,
    },
    "Footwear": {"Sandals": 160, "Shoes": 150, "Sneakers": 145, "Boots": 144},
    "Outerwear": {"Jacket": 163, "Coat": 161},
}
MEN = 2652 / 3900
DISCOUNT_OF_MEN = 1677 / 2652
SUBSCRIBED_OF_DISCOUNTED = 1053 / 1677
SIZES = {"M": 1755, "L": 1053, "S": 663, "XL": 429}
SEASONS = ("Spring", "Summer", "Fall", "Winter")
SEASONAL_ITEMS = {
    "Spring": ("Skirt", "Blouse", "Sneakers"),
    "Summer": ("Sandals", "Shorts", "Sunglasses", "T-shirt"),
    "Fall": ("Jacket", "Hoodie", "Backpack"),
    "Winter": ("Coat", "Gloves", "Scarf", "Boots"),
}
SEASONAL_LEAN = 0.4
"""The share of a seasonal item's purchases that is moved to its own season."""
COLORS = (
    "Olive",
    "Yellow",
    "Silver",
    "Teal",
    "Green",
    "Black",
    "Cyan",
    "Violet",
    "Gray",
    "Maroon",
    "Orange",
    "Charcoal",
    "Pink",
    "Blue",
    "Magenta",
    "Purple",
    "Peach",
    "Red",
    "Beige",
    "Indigo",
    "Lavender",
    "Turquoise",
    "White",
    "Brown",
    "Gold",
)
SHIPPING = (
    "Free Shipping",
    "Standard",
    "Store Pickup",
    "Next Day Air",
    "Express",
    "2-Day Shipping",
)
PAYMENTS = ("PayPal", "Credit Card", "Cash", "Debit Card", "Venmo", "Bank Transfer")
FREQUENCIES = (
    "Every 3 Months",
    "Annually",
    "Quarterly",
    "Monthly",
    "Bi-Weekly",
    "Fortnightly",
    "Weekly",
)
STATES = listed(
    "Alabama,Alaska,Arizona,Arkansas,California,Colorado,Connecticut,Delaware,Florida,Georgia,"
    "Hawaii,Idaho,Illinois,Indiana,Iowa,Kansas,Kentucky,Louisiana,Maine,Maryland,Massachusetts,"
    "Michigan,Minnesota,Mississippi,Missouri,Montana,Nebraska,Nevada,New Hampshire,New Jersey,"
    "New Mexico,New York,North Carolina,North Dakota,Ohio,Oklahoma,Oregon,Pennsylvania,"
    "Rhode Island,South Carolina,South Dakota,Tennessee,Texas,Utah,Vermont,Virginia,Washington,"
    "West Virginia,Wisconsin,Wyoming"
)

_CHUNK_ROWS = 100_000
_SPOILED_ROW = 777
_SPOILED_FROM_ROWS = 1_000
_LINE_END = "\r\n"
_YES_NO = strings(["No", "Yes"])


def plan(scale: float, seed: int) -> ShopPlan:
    """Return the plan of the one file: 3,900 rows at scale 1."""
    rows = max(1, round(ROWS * scale))
    starts = range(0, rows, _CHUNK_ROWS)
    return ShopPlan(
        shop=SHOP,
        headers=HEADERS,
        rows={FILE: rows},
        chunks=[partial(_chunk, seed, start, min(start + _CHUNK_ROWS, rows)) for start in starts],
        line_end=_LINE_END,
    )


def _chunk(seed: int, start: int, stop: int) -> Mapping[str, Lines]:
    rng = generator(seed, SHOP, start // _CHUNK_ROWS)
    count = stop - start
    ids = np.arange(start + 1, stop + 1, dtype=np.int64)
    is_man = rng.random(count) < MEN
    has_discount = is_man & (rng.random(count) < DISCOUNT_OF_MEN)
    is_subscriber = has_discount & (rng.random(count) < SUBSCRIBED_OF_DISCOUNTED)
    item = pick(
        rng, np.array([n for group in ITEMS.values() for n in group.values()], float), count
    )
    season = rng.integers(0, len(SEASONS), count)
    own_season = _own_season()[item]
    season = np.where((own_season >= 0) & (rng.random(count) < SEASONAL_LEAN), own_season, season)
    # A steady trait of the customer: who buys often has bought more before.
    frequency = (hashed_uniform(ids, seed) * len(FREQUENCIES)).astype(np.int64)
    columns: list[pa.StringArray | str] = [
        integers(ids),
        integers(rng.integers(18, 71, count)),
        take(strings(["Female", "Male"]), is_man.astype(np.int64)),
        take(strings(name for group in ITEMS.values() for name in group), item),
        take(strings(name for name, group in ITEMS.items() for _ in group), item),
        integers(rng.integers(20, 101, count)),
        _any_of(rng, STATES, count),
        take(strings(SIZES), pick(rng, np.array(list(SIZES.values()), float), count)),
        _any_of(rng, COLORS, count),
        take(strings(SEASONS), season),
        take(_ratings(), rng.integers(25, 51, count)),
        take(_YES_NO, is_subscriber.astype(np.int64)),
        _any_of(rng, SHIPPING, count),
        take(_YES_NO, has_discount.astype(np.int64)),
        take(_YES_NO, has_discount.astype(np.int64)),
        integers(rng.integers(1, 51, count)),
        _any_of(rng, PAYMENTS, count),
        take(strings(FREQUENCIES), frequency),
    ]
    spoiled = {}
    if start == 0 and count >= _SPOILED_FROM_ROWS:
        fields = [column[_SPOILED_ROW].as_py() for column in columns if not isinstance(column, str)]
        fields[HEADERS[FILE].index("Purchase Amount (USD)")] = "$53.00"
        spoiled[_SPOILED_ROW] = ",".join(str(field) for field in fields) + _LINE_END
    return {FILE: from_columns(columns, _LINE_END, spoiled)}


def _any_of(rng: np.random.Generator, values: tuple[str, ...], count: int) -> pa.StringArray:
    return take(strings(values), rng.integers(0, len(values), count))


def _own_season() -> Int64s:
    seasons = {
        item: SEASONS.index(season) for season, names in SEASONAL_ITEMS.items() for item in names
    }
    return np.array([seasons.get(name, -1) for group in ITEMS.values() for name in group], np.int64)


def _ratings() -> pa.StringArray:
    """Return ratings by their tenths, as the file writes them: `3.1`, and `4` for 4.0."""
    return strings(f"{tenths / 10:g}" for tenths in range(51))
