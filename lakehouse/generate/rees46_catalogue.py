"""The products of the clickstream shop: categories, brands, prices, and how often each is seen."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakehouse.generate.csv_lines import strings
from lakehouse.generate.seeds import Floats, Int64s, cumulative, falling, generator


@dataclass(frozen=True)
class Category:
    """A category: its code (empty: none), events, median price in USD, conversion, brands."""

    code: str
    events: int
    median_price: float
    conversion: float
    brands: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """All products, in the order of their categories.

    Attributes:
        product_ids: one per product.
        categories: index into CATEGORIES of each product.
        shares: running share of views over the products, for drawing them.
        category_shares: running share of views over CATEGORIES.
        conversion: how much more or less often sessions of each category buy; 1 is the mean.
        first_share, last_share: where the products of each category start and end in `shares`.
        appeal: one number per product; of two products seen, the one with more is bought.
        texts: `product_id,category_id,category_code,brand,price,` of every product, once for
            each period of PRICE_PERIODS, one after the other.
    """

    product_ids: Int64s
    categories: Int64s
    shares: Floats
    category_shares: Floats
    conversion: Floats
    first_share: Floats
    last_share: Floats
    appeal: Floats
    texts: pa.StringArray

    def index_of(self, product_id: int) -> int:
        """Return the position of a product by its id; the id must exist."""
        return int(np.flatnonzero(self.product_ids == product_id)[0])


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
PRICE_PERIODS = 2
PRICE_CHANGE_SHARE = 0.3
PRICE_LEVELS = {"apple": 2.2, "dyson": 2.0, "huawei": 0.9, "oppo": 0.8, "xiaomi": 0.7, "nokia": 0.5}
"""How dear a brand is against its category; chosen."""
MAX_PRODUCTS = 190_662
"""REES46 Nov 2019: products seen in the month."""

# Events in thousands: REES46 Nov 2019 counts by category_code. Median prices: REES46 sample of
# October 2019. Conversion: relative to the shop's mean, chosen.
CATEGORIES = (
    Category(
        "electronics.smartphone",
        16375,
        290.0,
        1.75,
        ("samsung", "apple", "xiaomi", "huawei", "oppo", "meizu", "honor", "nokia"),
    ),
    Category(
        "electronics.video.tv",
        2208,
        420.0,
        1.1,
        ("samsung", "lg", "artel", "sony", "haier", "tcl"),
    ),
    Category(
        "computers.notebook",
        2181,
        600.0,
        0.7,
        ("lenovo", "acer", "hp", "asus", "apple", "dell"),
    ),
    Category(
        "electronics.clocks",
        2087,
        165.0,
        0.7,
        ("casio", "apple", "samsung", "orient", "xiaomi"),
    ),
    Category("apparel.shoes", 1887, 88.0, 0.4, ("respect", "baden", "rieker", "nike", "tamaris")),
    Category(
        "electronics.audio.headphone",
        1817,
        75.0,
        1.7,
        ("apple", "samsung", "xiaomi", "jbl", "sony", "huawei"),
    ),
    Category(
        "appliances.environment.vacuum",
        1528,
        117.0,
        1.1,
        ("samsung", "bosch", "philips", "karcher", "dyson", "vitek"),
    ),
    Category(
        "appliances.kitchen.refrigerators",
        1427,
        311.0,
        0.9,
        ("lg", "samsung", "indesit", "beko", "atlant", "haier"),
    ),
    Category(
        "appliances.kitchen.washer",
        1404,
        335.0,
        1.1,
        ("lg", "samsung", "indesit", "bosch", "beko", "midea"),
    ),
    Category("computers.desktop", 691, 617.0, 0.4, ("pulser", "apple", "hp", "lenovo", "acer")),
    Category("furniture.living_room.cabinet", 552, 283.0, 0.3, ("brw", "sv", "santeri")),
    Category("furniture.bedroom.bed", 533, 155.0, 0.3, ("sokolov", "brw", "askona", "sonya")),
    Category(
        "electronics.tablet",
        492,
        384.0,
        0.8,
        ("samsung", "apple", "huawei", "lenovo", "prestigio"),
    ),
    Category("apparel.shoes.keds", 486, 72.0, 0.4, ("nike", "puma", "respect", "adidas", "vans")),
    Category("auto.accessories.player", 473, 72.0, 0.6, ("pioneer", "alpine", "kenwood", "sony")),
    Category("furniture.living_room.sofa", 426, 540.0, 0.2, ("brw", "askona", "sv")),
    Category("construction.tools.drill", 398, 82.0, 0.8, ("bosch", "makita", "metabo", "sturm")),
    Category("appliances.kitchen.oven", 379, 115.0, 0.8, ("gefest", "artel", "beko", "hansa")),
    Category("kids.carriage", 347, 118.0, 0.5, ("bts", "lider", "carrello", "tutis")),
    Category("electronics.telephone", 347, 26.0, 1.3, ("nokia", "texet", "prestigio", "philips")),
    Category("appliances.kitchen.blender", 335, 54.0, 1.0, ("braun", "bosch", "redmond", "vitek")),
    Category("electronics.audio.subwoofer", 319, 102.0, 0.7, ("pioneer", "alpine", "edge")),
    Category("accessories.bag", 315, 64.0, 0.4, ("konfetti", "wenger", "thule", "xiaomi")),
    Category(
        "appliances.kitchen.microwave", 306, 86.0, 1.1, ("samsung", "lg", "elenberg", "midea")
    ),
    Category("auto.accessories.alarm", 299, 121.0, 0.5, ("starline", "pandora", "scher-khan")),
    Category("appliances.iron", 298, 28.0, 1.0, ("philips", "tefal", "braun", "scarlett")),
    Category("appliances.environment.air_heater", 286, 34.0, 0.9, ("midea", "ava", "oasis")),
    Category("appliances.sewing_machine", 281, 235.0, 0.6, ("janome", "brother", "jaguar")),
    Category("appliances.kitchen.kettle", 280, 36.0, 1.1, ("tefal", "polaris", "redmond", "bosch")),
    Category("computers.peripherals.printer", 222, 136.0, 0.9, ("canon", "hp", "epson")),
    Category("kids.toys", 206, 23.0, 0.6, ("lego", "hasbro", "mattel")),
    Category("furniture.kitchen.table", 198, 116.0, 0.3, ("massa", "brw")),
    Category("construction.tools.saw", 195, 113.0, 0.7, ("makita", "huter", "stihl")),
    Category("appliances.kitchen.dishwasher", 161, 386.0, 0.9, ("bosch", "midea", "beko")),
    Category("electronics.audio.acoustic", 142, 120.0, 0.9, ("jbl", "sony", "edifier")),
    Category("computers.peripherals.mouse", 116, 20.0, 1.0, ("logitech", "razer", "a4tech")),
    Category("sport.bicycle", 109, 268.0, 0.5, ("stels", "forward", "stern")),
    Category("sport.trainer", 97, 190.0, 0.4, ("torneo", "kettler")),
    Category("computers.peripherals.keyboard", 88, 46.0, 0.9, ("logitech", "razer", "a4tech")),
    Category("kids.skates", 73, 90.0, 0.4, ("ridex", "fila")),
    Category("apparel.jeans", 53, 45.0, 0.4, ("levis", "conceptclub")),
    Category("stationery.cartrige", 13, 22.0, 0.9, ("canon", "hp", "epson")),
    # Categories without a code, the most seen of the 684 ids: auto parts, tyres, lamps, clothes.
    Category("", 5200, 80.0, 0.6, ("cordiant", "nokian", "viatti", "triangle", "matador")),
    Category("", 3900, 190.0, 0.5, ("lucente", "arte", "eglo", "maytoni")),
    Category("", 3100, 330.0, 0.9, ("sony", "samsung", "lg", "artel")),
    Category("", 2700, 35.0, 0.5, ("gerat", "febest", "sachs", "kayaba")),
    Category("", 2200, 60.0, 0.8, ("dauscher", "vitek", "polaris", "scarlett")),
    Category("", 1700, 120.0, 0.4, ("tomfarr", "sela", "conceptclub")),
    Category("", 1400, 25.0, 0.7, ("shiseido", "estel", "loreal")),
    Category("", 1000, 210.0, 0.4, ("force", "tunga", "yokohama")),
    Category("", 700, 45.0, 0.5, ("neoline", "incar", "ural")),
)

_CATEGORY_ID_BASE = 2_053_013_552_226_107_603
_PRODUCTS_PER_BRAND_SLOT = 20_000


def product_id(code: str, brand: str, rank: int = 0) -> int:
    """Return the id of the product that is `rank`th in its brand and category, 0 the most seen.

    It is the same whatever the scale and the seed.
    """
    category = next(i for i, c in enumerate(CATEGORIES) if c.code == code and brand in c.brands)
    first = _first_product_id(category, CATEGORIES[category].brands.index(brand) + 1)
    return first + rank * 7 % _PRODUCTS_PER_BRAND_SLOT


def build(count: int, seed: int) -> Catalogue:
    """Return a catalogue of about `count` products, at least one per category and brand."""
    rng = generator(seed, "rees46", "catalogue")
    category_weights = _category_weights()
    sizes = np.sqrt(category_weights)
    sizes = np.round(sizes / sizes.sum() * count).astype(np.int64)

    ids: list[Int64s] = []
    categories: list[Int64s] = []
    weights: list[Floats] = []
    prices: list[Floats] = []
    brands: list[str] = []
    for index, category in enumerate(CATEGORIES):
        # Slot 0 is the products without a brand; the others are the brands, most seen first.
        no_brand = NO_BRAND_SHARE_CODED if category.code else NO_BRAND_SHARE_UNCODED
        popularity = 1.0 / np.arange(1, len(category.brands) + 1)
        slots = np.concatenate([[no_brand], (1 - no_brand) * popularity / popularity.sum()])
        in_slots = np.maximum(np.round(np.sqrt(slots) / np.sqrt(slots).sum() * sizes[index]), 1)
        level = np.exp(rng.normal(0.0, 0.3, len(slots)))
        for slot, in_slot in enumerate(in_slots.astype(np.int64)):
            rank = np.arange(in_slot, dtype=np.int64)
            seen = falling(int(in_slot), 3.0, 0.9)
            ids.append(_first_product_id(index, slot) + rank * 7 % _PRODUCTS_PER_BRAND_SLOT)
            categories.append(np.full(in_slot, index, dtype=np.int64))
            weights.append(category_weights[index] * slots[slot] * seen / seen.sum())
            spread = np.exp(rng.normal(0.0, 0.64, in_slot))
            brand = category.brands[slot - 1] if slot else ""
            prices.append(
                category.median_price * PRICE_LEVELS.get(brand, 1.0) * level[slot] * spread
            )
            brands += [brand] * int(in_slot)
    return _assembled(
        rng,
        np.concatenate(ids),
        np.concatenate(categories),
        np.concatenate(weights),
        np.minimum(np.concatenate(prices), MAX_PRICE),
        brands,
    )


def _assembled(
    rng: np.random.Generator,
    ids: Int64s,
    categories: Int64s,
    weights: Floats,
    prices: Floats,
    brands: list[str],
) -> Catalogue:
    shares = cumulative(weights)
    ends = np.searchsorted(categories, np.arange(len(CATEGORIES)), side="right")
    last_share = shares[ends - 1]
    first_share = np.concatenate([[0.0], last_share[:-1]])
    prices = np.maximum(np.round(prices, 2), 0.77)
    prices[_free_products(rng, weights, categories, brands)] = 0.0
    later = np.where(
        rng.random(len(ids)) < PRICE_CHANGE_SHARE,
        np.round(prices * rng.uniform(0.8, 1.05, len(ids)), 2),
        prices,
    )
    # Cheaper than its category's middle: more appealing, so that price bands convert differently.
    middle = np.array([category.median_price for category in CATEGORIES])[categories]
    appeal = rng.normal(0.0, 1.0, len(ids)) - 0.5 * np.log(np.maximum(prices, 0.5) / middle)
    texts = [
        f"{product},{_CATEGORY_ID_BASE + category * 8_388_609},"
        f"{CATEGORIES[category].code},{brand},{price:.2f},"
        for period in (prices, later)
        for product, category, brand, price in zip(
            ids.tolist(), categories.tolist(), brands, period.tolist(), strict=True
        )
    ]
    return Catalogue(
        product_ids=ids,
        categories=categories,
        shares=shares,
        category_shares=last_share,
        conversion=_conversion(),
        first_share=first_share,
        last_share=last_share,
        appeal=appeal,
        texts=strings(texts),
    )


def _category_weights() -> Floats:
    events = np.array([category.events for category in CATEGORIES], dtype=np.float64)
    coded = np.array([bool(category.code) for category in CATEGORIES])
    share = np.where(coded, CODED_SHARE / events[coded].sum(), 0.0)
    share += np.where(coded, 0.0, (1 - CODED_SHARE) / events[~coded].sum())
    return events * share


def _conversion() -> Floats:
    relative = np.array([category.conversion for category in CATEGORIES], dtype=np.float64)
    return relative / float(np.dot(relative, _category_weights()))


def _free_products(
    rng: np.random.Generator, weights: Floats, categories: Int64s, brands: list[str]
) -> NDArray[np.int64]:
    """Return the products priced 0: some without category code and brand, rarely seen."""
    uncoded = np.array([not category.code for category in CATEGORIES])[categories]
    candidates = np.flatnonzero(uncoded & np.array([not brand for brand in brands]))
    candidates = rng.permutation(candidates)
    running = np.cumsum(weights[candidates]) / weights.sum()
    fitting = int(np.searchsorted(running, ZERO_PRICE_SHARE)) + 1
    return candidates[:fitting].astype(np.int64)


def _first_product_id(category: int, slot: int) -> int:
    return 1_000_000 * (category + 1) + _PRODUCTS_PER_BRAND_SLOT * slot + 978
