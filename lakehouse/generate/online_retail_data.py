"""What `catalogues/online_retail.yml` says of the wholesaler."""

from typing import NamedTuple

from lakehouse.generate.catalogue import Catalogue, Choices, read_catalogue


class Product(NamedTuple):
    """A product: stock code, description, price in pence."""

    code: str
    name: str
    pence: int


class Season(Catalogue):
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


class Data(Catalogue):
    """The keys of the file, which says what they are."""

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


DATA = read_catalogue("online_retail", Data)
COUNTRIES = DATA.countries
UNITED_KINGDOM, EIRE = (COUNTRIES.names.index(name) for name in ("United Kingdom", "EIRE"))
SPECIALS = tuple(DATA.specials)
"""Stock codes that are no products."""
