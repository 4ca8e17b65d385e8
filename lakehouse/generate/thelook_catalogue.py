"""The apparel of thelook: 26 categories in two departments, brands, prices and costs."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.generate.csv_lines import (
    Lines,
    from_columns,
    hex_text,
    integers,
    joined,
    listed,
    numbers,
    quoted,
    strings,
)
from lakehouse.generate.seeds import Flags, Floats, Int64s, cumulative, falling, generator, pick


@dataclass(frozen=True)
class Category:
    """A category: departments it is sold in, share of products, median price, cost ÷ price."""

    name: str
    departments: tuple[str, ...]
    weight: int
    median_price: float
    cost_rate: float
    things: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """All products, by position; the id is the position plus 1.

    Attributes:
        lines: the products file.
        price_text: retail price of each product.
        inventory_text: what an inventory item repeats of its product, from cost to centre.
        department_uri: the page of the product's department, category and brand.
        by_department: the products of each department, women first, by category.
        shares: for each department the running share of its sales over its products.
        is_scarce: whether it sells well and next to none is kept in stock.
    """

    lines: Lines
    price_text: pa.StringArray
    inventory_text: pa.StringArray
    department_uri: pa.StringArray
    by_department: tuple[Int64s, ...]
    shares: tuple[Floats, ...]
    is_scarce: Flags


WOMEN, MEN = "Women", "Men"
DEPARTMENTS = (WOMEN, MEN)
PRODUCTS = 1_165
"""Products at scale 1: as many for a user as in the full export (29,120 for 100,000)."""
MAX_PRODUCTS = 29_120
PAIRED_PRODUCTS = (
    ("Women", "Jeans"),
    ("Women", "Tops & Tees"),
    ("Women", "Dresses"),
    ("Women", "Accessories"),
    ("Women", "Swim"),
    ("Women", "Shorts"),
    ("Men", "Suits & Sport Coats"),
    ("Men", "Pants"),
    ("Men", "Jeans"),
    ("Men", "Sweaters"),
    ("Men", "Underwear"),
    ("Men", "Socks"),
)
"""Department and category of the first products; each two in a row are a planted pair."""
SCARCE_PRODUCTS = 12
"""The products after those: they sell well and hardly any is in stock."""
SCARCE_POPULARITY = 10.0
CENTRES = 10
PRICE_LOG_SD = 0.55

# The 26 categories of the thelook export; shares and prices after its sample of products, cost
# rates so that their mean is 0.49.
CATEGORIES = (
    Category("Accessories", DEPARTMENTS, 48, 28.0, 0.40, ("Scarf", "Belt", "Gloves", "Cap")),
    Category("Active", DEPARTMENTS, 46, 40.0, 0.43, ("Track Pant", "Sport Top", "Running Tee")),
    Category("Blazers & Jackets", (WOMEN,), 18, 75.0, 0.38, ("Blazer", "Jacket", "Vest")),
    Category("Clothing Sets", (WOMEN,), 2, 80.0, 0.37, ("Twin Set", "Two Piece Set")),
    Category("Dresses", (WOMEN,), 30, 80.0, 0.45, ("Wrap Dress", "Knit Dress", "Maxi Dress")),
    Category(
        "Fashion Hoodies & Sweatshirts", DEPARTMENTS, 60, 45.0, 0.48, ("Hoodie", "Sweatshirt")
    ),
    Category("Intimates", (WOMEN,), 70, 30.0, 0.53, ("Bra", "Camisole", "Shapewear Slip")),
    Category(
        "Jeans", DEPARTMENTS, 65, 85.0, 0.53, ("Skinny Jean", "Straight Jean", "Bootcut Jean")
    ),
    Category("Jumpsuits & Rompers", (WOMEN,), 5, 35.0, 0.53, ("Jumpsuit", "Romper")),
    Category("Leggings", (WOMEN,), 20, 24.0, 0.59, ("Leggings", "Footless Tights")),
    Category("Maternity", (WOMEN,), 38, 45.0, 0.44, ("Maternity Tee", "Maternity Jean")),
    Category(
        "Outerwear & Coats", DEPARTMENTS, 46, 110.0, 0.45, ("Parka", "Trench Coat", "Rain Coat")
    ),
    Category("Pants", (MEN,), 32, 50.0, 0.54, ("Chino", "Cargo Pant", "Flat Front Pant")),
    Category("Pants & Capris", (WOMEN,), 20, 55.0, 0.53, ("Slant Pocket Pant", "Cropped Capri")),
    Category("Plus", (WOMEN,), 22, 30.0, 0.50, ("Plus Size Top", "Plus Size Tunic")),
    Category(
        "Shorts", DEPARTMENTS, 48, 40.0, 0.50, ("Board Short", "Bermuda Short", "Denim Short")
    ),
    Category("Skirts", (WOMEN,), 11, 42.0, 0.40, ("Pencil Skirt", "Pleated Skirt")),
    Category("Sleep & Lounge", DEPARTMENTS, 50, 42.0, 0.55, ("Pajama Set", "Robe", "Nightshirt")),
    Category("Socks", (MEN,), 22, 15.0, 0.60, ("Crew Socks", "Boot Socks")),
    Category(
        "Socks & Hosiery", (WOMEN,), 24, 15.0, 0.40, ("Knee Socks", "Tights", "Slipper Socks")
    ),
    Category("Suits", (WOMEN,), 5, 115.0, 0.60, ("Pant Suit", "Skirt Suit")),
    Category("Suits & Sport Coats", (MEN,), 25, 120.0, 0.40, ("Sport Coat", "Two Button Suit")),
    Category("Sweaters", DEPARTMENTS, 55, 65.0, 0.48, ("Cardigan", "V-Neck Sweater", "Pullover")),
    Category(
        "Swim", DEPARTMENTS, 52, 52.0, 0.46, ("One Piece Swimsuit", "Swim Trunk", "Rash Guard")
    ),
    Category("Tops & Tees", DEPARTMENTS, 60, 28.0, 0.55, ("Polo Shirt", "V-Neck Tee", "Tank Top")),
    Category("Underwear", (MEN,), 24, 25.0, 0.45, ("Boxer Brief", "Undershirt", "Trunk")),
)
BRANDS = listed(
    "Allegra K,Calvin Klein,Carhartt,Hanes,Volcom,Nautica,Levi's,Quiksilver,Tommy Hilfiger,"
    "Columbia,Dockers,Hurley,Speedo,Motherhood Maternity,Champion,Diesel,Jockey,Lucky Brand,"
    "Ray-Ban,Wrangler,7 For All Mankind,True Religion,Russell Athletic,Anne Klein,Kenneth Cole,"
    "American Apparel,Patagonia,Maidenform,Playtex,HUE,Jantzen,SmartWool,Gildan,Reebok,Izod,"
    "Original Penguin,Joe's Jeans,Karen Kane,Dickies,Bali"
)
STYLES = listed(
    "Classic,Relaxed Fit,Slim Fit,Vintage Wash,Lightweight,Striped,Solid,Printed,Ribbed,Cotton,"
    'Stretch,Long Sleeve,Fleece,Merino,Linen,"Everyday",Reversible,Quilted,Colorblock,Packable'
)
COLORS = ("", "", "", " Black", " Navy", ", Charcoal", " White", ", Dark Denim", " Red", " Green")

HEADER = (
    "id",
    "cost",
    "category",
    "name",
    "brand",
    "retail_price",
    "department",
    "sku",
    "distribution_center_id",
)


def build(scale: float, seed: int) -> Catalogue:
    """Return the products of a shop of this scale; at least 120."""
    count = min(MAX_PRODUCTS, max(120, round(PRODUCTS * scale)))
    rng = generator(seed, "thelook", "catalogue")
    category, department = _ranges(rng, count)
    brand = pick(rng, falling(len(BRANDS), 2.0, 0.7), count)
    price, cost = _prices(rng, category, brand)

    department_names = [DEPARTMENTS[d] for d in department.tolist()]
    category_names = [CATEGORIES[c].name for c in category.tolist()]
    brand_names = [BRANDS[b] for b in brand.tolist()]
    names = _names(rng, category.tolist(), department_names, brand_names)
    # As in the export, a very few products have no brand.
    brands = quoted("" if i % 1_200 == 700 else name for i, name in enumerate(brand_names))
    prices, costs = numbers(price), numbers(cost)
    sku = pc.ascii_upper(hex_text(rng, count, 32))
    centre = integers(rng.integers(1, CENTRES + 1, count))
    departments, categories = strings(department_names), quoted(category_names)
    by_department, shares = _popularity(rng, category, department)
    return Catalogue(
        lines=from_columns(
            [
                integers(np.arange(1, count + 1, dtype=np.int64)),
                *(costs, categories, names, brands, prices, departments, sku, centre),
            ]
        ),
        price_text=prices,
        inventory_text=joined(
            [costs, categories, names, brands, prices, departments, sku, centre], ","
        ),
        department_uri=strings(
            f"/department/{_slug(d)}/category/{_slug(c)}/brand/{_slug(b)}"
            for d, c, b in zip(department_names, category_names, brand_names, strict=True)
        ),
        by_department=by_department,
        shares=shares,
        is_scarce=_is_scarce(count),
    )


def _ranges(rng: np.random.Generator, count: int) -> tuple[Int64s, Int64s]:
    """Return the category and the department of each product."""
    category = pick(rng, np.array([c.weight for c in CATEGORIES], dtype=np.float64), count)
    names = [c.name for c in CATEGORIES]
    department = rng.integers(0, 2, count)
    paired = len(PAIRED_PRODUCTS)
    category[:paired] = [names.index(name) for _, name in PAIRED_PRODUCTS]
    department[:paired] = [DEPARTMENTS.index(name) for name, _ in PAIRED_PRODUCTS]
    scarce = slice(paired, paired + SCARCE_PRODUCTS)
    category[scarce] = names.index("Tops & Tees")
    department[scarce] = np.arange(SCARCE_PRODUCTS) % 2
    only = np.array(
        [DEPARTMENTS.index(c.departments[0]) if len(c.departments) == 1 else -1 for c in CATEGORIES]
    )[category]
    return category, np.where(only >= 0, only, department)


def _prices(rng: np.random.Generator, category: Int64s, brand: Int64s) -> tuple[Floats, Floats]:
    """Return retail price and cost of each product, in USD."""
    count = len(category)
    median = np.array([c.median_price for c in CATEGORIES])[category]
    level = np.exp(rng.normal(0.0, 0.25, len(BRANDS)))[brand]
    price = np.clip(median * level * np.exp(rng.normal(0.0, PRICE_LOG_SD, count)), 2.5, 999.0)
    price = np.round(price) - rng.choice([0.0, 0.01, 0.05, 0.5], count)
    # The export writes single precision numbers: 19.989999771118164.
    price = price.astype(np.float32).astype(np.float64)
    rate = np.array([c.cost_rate for c in CATEGORIES])[category] + rng.uniform(-0.08, 0.08, count)
    return price, price * rate


def _names(
    rng: np.random.Generator, category: list[int], departments: list[str], brands: list[str]
) -> pa.StringArray:
    """Return product names as CSV fields: brand, department, style and thing."""
    styles = rng.integers(0, len(STYLES), len(brands)).tolist()
    things = rng.integers(0, 1 << 16, len(brands)).tolist()
    colors = rng.integers(0, len(COLORS), len(brands)).tolist()
    return quoted(
        f"{brand} {department}'s {STYLES[style]} "
        f"{CATEGORIES[c].things[thing % len(CATEGORIES[c].things)]}{COLORS[color]}"
        for brand, department, style, c, thing, color in zip(
            brands, departments, styles, category, things, colors, strict=True
        )
    )


def _popularity(
    rng: np.random.Generator, category: Int64s, department: Int64s
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
