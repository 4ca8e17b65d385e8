"""The products of the giftware wholesaler: stock codes, descriptions, prices and seasons.

Descriptions carry the real file's marks: commas, inch signs, stray blanks, and a second spelling
of the same product.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from lakehouse.generate import texts
from lakehouse.generate.catalogue import CatalogueFile, Choices, read_catalogue, weights
from lakehouse.generate.seeds import Flags, Floats, Int64s, cumulative, falling, generator


class Product(NamedTuple):
    """A product: stock code, description, price in pence."""

    code: str
    name: str
    pence: int


class Season(CatalogueFile):
    """A season: its months, and words in the names of what sells mainly then."""

    months: tuple[int, ...]
    words: tuple[str, ...]


class Fee(NamedTuple):
    """A kind of fee: code, whom or which documents it concerns, how often, pounds, their spread."""

    code: str
    of: str
    share: float
    pounds: float
    spread: float


class Data(CatalogueFile):
    """The keys of `catalogues/online_retail.yml`, which says what they are."""

    prices: dict[int, float]
    patterns: tuple[str, ...]
    things: tuple[str, ...]
    seasons: dict[str, Season]
    pairs: tuple[tuple[Product, Product], ...]
    huge: Product
    countries: Choices
    quantities: dict[int, float]
    specials: dict[str, str]
    notes: Choices
    surcharges: tuple[Fee, ...]
    fees: tuple[Fee, ...]
    months: tuple[float, ...]
    weekdays: tuple[float, ...]
    hours: tuple[float, ...]


@dataclass(frozen=True)
class Catalogue:
    """All products, the most popular first."""

    # Stock code of each product; the second half repeats the first with the letters of the code
    # in lower case.
    codes: pa.StringArray
    descriptions: pa.StringArray  # two spellings of each product, all firsts before all seconds
    has_letter: Flags  # whether the code ends in letters, so that its case may differ
    pence: Int64s  # list price
    shares: Floats  # running share of the lines, for drawing products
    season: Int64s  # the number of the season that most of it is sold in, or -1

    @property
    def size(self) -> int:
        """How many products there are."""
        return len(self.pence)

    def position(self, code: str) -> int:
        """Return the position of a product by its stock code."""
        return int(self.codes.index(code).as_py())


DATA = read_catalogue("online_retail", Data)
COUNTRIES = DATA.countries
UNITED_KINGDOM, EIRE = (COUNTRIES.names.index(name) for name in ("United Kingdom", "EIRE"))
SPECIALS = tuple(DATA.specials)
"""Stock codes that are no products."""
MAX_PRODUCTS = 4_900
"""Online Retail II: stock codes that were sold."""
LETTER_SHARE = 0.12
"""Online Retail II: share of lines whose code has a letter."""

_FIRST_CODE = 20_600
_RANK_OF_PAIRS = 40


def build(count: int, seed: int) -> Catalogue:
    """Return `count` products, at most MAX_PRODUCTS."""
    rng = generator(seed, "online_retail", "catalogue")
    fixed = [*(product for pair in DATA.pairs for product in pair), DATA.huge]
    names = [f"{pattern} {thing}" for thing in DATA.things for pattern in DATA.patterns]
    chosen = rng.permutation(len(names))[: count - len(fixed)].tolist()
    taken = {product.code[:5] for product in fixed}
    free = [str(number) for number in range(_FIRST_CODE, 90_000) if str(number) not in taken]
    steps = np.sort(rng.choice(len(free), len(chosen), replace=False)).tolist()
    letters = np.where(
        rng.random(len(chosen)) < LETTER_SHARE, rng.choice(list("ABCDLPS"), len(chosen)), ""
    )
    shares = weights(DATA.prices)
    prices = rng.choice(list(DATA.prices), len(chosen), p=shares / shares.sum())
    drawn = [
        Product(free[step] + letter, names[name], price)
        for step, letter, name, price in zip(
            steps, letters.tolist(), chosen, prices.tolist(), strict=True
        )
    ]
    products = [drawn[i] for i in rng.permutation(len(drawn)).tolist()]
    products[_RANK_OF_PAIRS:_RANK_OF_PAIRS] = fixed
    codes = [product.code for product in products]
    first = [_spelt(product.name, rank) for rank, product in enumerate(products)]
    return Catalogue(
        codes=texts.strings([*codes, *(code.lower() for code in codes)]),
        descriptions=texts.strings([*first, *(_respelt(product.name) for product in products)]),
        has_letter=np.array([not code.isdigit() for code in codes]),
        pence=np.array([product.pence for product in products]),
        shares=cumulative(falling(len(products), 15.0, 0.62)),
        season=np.array([_season(product.name) for product in products]),
    )


def _season(name: str) -> int:
    for number, season in enumerate(DATA.seasons.values()):
        if any(word in name for word in season.words):
            return number
    return -1


def _spelt(name: str, rank: int) -> str:
    """Return the description with the marks of the real file: about a fifth has stray blanks."""
    if rank % 11 == 3:
        name = name + " "
    elif rank % 11 == 7:
        name = " " + name
    elif rank % 23 == 5:
        name = name.replace(" ", "  ", 1)
    elif rank % 29 == 9:
        name = name.replace(" ", " , ", 1)
    elif rank % 31 == 10:
        name = name + ' 7" '
    return texts.quote(name)


def _respelt(name: str) -> str:
    """Return the later spelling of a description: other words for the same pattern."""
    return texts.quote(name.strip().replace("RETROSPOT", "SPOTTY").replace("DESIGN", "").strip())
