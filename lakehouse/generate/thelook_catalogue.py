"""The apparel of thelook: 26 categories in two departments, brands, prices and costs."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.generate import texts
from lakehouse.generate.catalogue import CatalogueFile, Choices, read_catalogue
from lakehouse.generate.seeds import (
    Flags,
    Floats,
    Int64s,
    Rng,
    cumulative,
    falling,
    generator,
    pick,
)


class Category(NamedTuple):
    """A category: departments it is sold in, share of products, median price, cost / price."""

    name: str
    departments: tuple[str, ...]
    weight: float
    median_price: float
    cost_rate: float
    things: tuple[str, ...]


class Place(NamedTuple):
    """A city; `postal` has a # for each random digit, `weight` is its share of the users."""

    city: str
    state: str
    country: str
    postal: str
    latitude: float
    longitude: float
    weight: float


class Data(CatalogueFile):
    """The keys of `catalogues/thelook.yml`, which says what they are."""

    categories: tuple[Category, ...]
    brands: tuple[str, ...]
    styles: tuple[str, ...]
    colors: tuple[str, ...]
    pairs: tuple[tuple[str, str, str], ...]
    distribution_centers: tuple[tuple[int, str, float, float], ...]
    statuses: Choices
    items_per_order: tuple[float, ...]
    months: tuple[float, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    last_names: Choices
    streets: Choices
    domains: Choices
    user_sources: Choices
    event_sources: Choices
    browsers: Choices
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Catalogue:
    """All products, by position; the id is the position plus 1."""

    lines: texts.Lines  # the products file
    price_text: pa.StringArray  # retail price of each product
    # The columns of each product from cost to centre, which an inventory item repeats.
    texts: pa.StringArray
    department_uri: pa.StringArray  # the page of the product's department, category and brand
    by_department: tuple[Int64s, ...]  # the products of each department, women first, by category
    # For each department the running share of its sales over its products.
    shares: tuple[Floats, ...]
    is_scarce: Flags  # whether it sells well and next to none is kept in stock

    def product_at(self, department: Int64s, share: Floats) -> Int64s:
        """Return the product at a share (0 to 1) of the sales of a department, for each."""
        product = np.zeros(len(department), dtype=np.int64)
        for number, positions in enumerate(self.by_department):
            mine = department == number
            place = np.searchsorted(self.shares[number], share[mine], side="right")
            product[mine] = positions[np.minimum(place, len(positions) - 1)]
        return product


DATA = read_catalogue("thelook", Data)
DEPARTMENTS = ("Women", "Men")
PRODUCTS = 1_165
"""Products at scale 1: as many for a user as in the full export (29,120 for 100,000)."""
MAX_PRODUCTS = 29_120
PAIRED_PRODUCTS = tuple(
    (department, category) for department, *categories in DATA.pairs for category in categories
)
"""Department and category of the first products; each two in a row are a planted pair."""
SCARCE_PRODUCTS = 12
"""The products after those: they sell well and hardly any is in stock."""
SCARCE_POPULARITY = 10.0
PRICE_LOG_SD = 0.55


def build(scale: float, seed: int) -> Catalogue:
    """Return the products of a shop of this scale; at least 120."""
    count = min(MAX_PRODUCTS, max(120, round(PRODUCTS * scale)))
    rng = generator(seed, "thelook", "catalogue")
    category, department = _ranges(rng, count)
    brand = pick(rng, falling(len(DATA.brands), 2.0, 0.7), count)
    price, cost = _prices(rng, category, brand)

    departments = [DEPARTMENTS[d] for d in department.tolist()]
    categories = [DATA.categories[c].name for c in category.tolist()]
    brands = [DATA.brands[b] for b in brand.tolist()]
    prices = texts.numbers(price)
    columns = {
        "cost": texts.numbers(cost),
        "category": texts.quoted(categories),
        "name": _names(rng, category.tolist(), departments, brands),
        # As in the export, a very few products have no brand.
        "brand": texts.quoted("" if i % 1_200 == 700 else name for i, name in enumerate(brands)),
        "retail_price": prices,
        "department": texts.strings(departments),
        "sku": pc.ascii_upper(texts.hex_text(rng, count, 32)),
        "distribution_center_id": texts.integers(
            rng.integers(1, len(DATA.distribution_centers) + 1, count)
        ),
    }
    by_department, shares = _popularity(rng, category, department)
    return Catalogue(
        lines=texts.from_columns({"id": texts.integers(np.arange(1, count + 1)), **columns}),
        price_text=prices,
        texts=texts.joined(list(columns.values()), ","),
        department_uri=texts.strings(
            f"/department/{_slug(d)}/category/{_slug(c)}/brand/{_slug(b)}"
            for d, c, b in zip(departments, categories, brands, strict=True)
        ),
        by_department=by_department,
        shares=shares,
        is_scarce=_is_scarce(count),
    )


def _ranges(rng: Rng, count: int) -> tuple[Int64s, Int64s]:
    """Return the category and the department of each product."""
    category = pick(rng, np.array([c.weight for c in DATA.categories]), count)
    names = [c.name for c in DATA.categories]
    department = rng.integers(0, 2, count)
    paired = len(PAIRED_PRODUCTS)
    category[:paired] = [names.index(name) for _, name in PAIRED_PRODUCTS]
    department[:paired] = [DEPARTMENTS.index(name) for name, _ in PAIRED_PRODUCTS]
    scarce = slice(paired, paired + SCARCE_PRODUCTS)
    category[scarce] = names.index("Tops & Tees")
    department[scarce] = np.arange(SCARCE_PRODUCTS) % 2
    only = np.array(
        [
            DEPARTMENTS.index(c.departments[0]) if len(c.departments) == 1 else -1
            for c in DATA.categories
        ]
    )[category]
    return category, np.where(only >= 0, only, department)


def _prices(rng: Rng, category: Int64s, brand: Int64s) -> tuple[Floats, Floats]:
    """Return retail price and cost of each product, in USD."""
    count = len(category)
    median = np.array([c.median_price for c in DATA.categories])[category]
    level = np.exp(rng.normal(0.0, 0.25, len(DATA.brands)))[brand]
    price = np.clip(median * level * np.exp(rng.normal(0.0, PRICE_LOG_SD, count)), 2.5, 999.0)
    price = np.round(price) - rng.choice([0.0, 0.01, 0.05, 0.5], count)
    # The export writes single precision numbers: 19.989999771118164.
    price = price.astype(np.float32).astype(np.float64)
    rate = np.array([c.cost_rate for c in DATA.categories])[category]
    return price, price * (rate + rng.uniform(-0.08, 0.08, count))


def _names(
    rng: Rng, category: list[int], departments: list[str], brands: list[str]
) -> pa.StringArray:
    """Return product names as CSV fields: brand, department, style, thing and color."""
    count = len(brands)
    styles = rng.integers(0, len(DATA.styles), count).tolist()
    things = rng.integers(0, 1 << 16, count).tolist()
    colors = rng.integers(0, len(DATA.colors), count).tolist()
    kinds = [DATA.categories[c].things for c in category]
    return texts.quoted(
        f"{brand} {department}'s {DATA.styles[style]} {kind[thing % len(kind)]}{DATA.colors[color]}"
        for brand, department, style, kind, thing, color in zip(
            brands, departments, styles, kinds, things, colors, strict=True
        )
    )


def _popularity(
    rng: Rng, category: Int64s, department: Int64s
) -> tuple[tuple[Int64s, ...], tuple[Floats, ...]]:
    """Return each department's products, by category, and the running share of their sales."""
    count = len(category)
    weight = np.exp(rng.normal(0.0, 0.7, count))
    weight[: len(PAIRED_PRODUCTS)] = 1.0
    weight[_is_scarce(count)] = SCARCE_POPULARITY
    order = np.argsort(category, kind="stable")
    products = tuple(order[department[order] == d] for d in range(len(DEPARTMENTS)))
    return products, tuple(cumulative(weight[positions]) for positions in products)


def _is_scarce(count: int) -> Flags:
    position = np.arange(count) - len(PAIRED_PRODUCTS)
    return (position >= 0) & (position < SCARCE_PRODUCTS)


def _slug(name: str) -> str:
    """Return a name as the shop's addresses write it: lower case letters and digits only."""
    return "".join(letter for letter in name.lower() if letter.isalnum() or letter == "&")
