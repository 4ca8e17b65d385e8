"""What `catalogues/thelook.yml` says of the apparel store."""

from typing import NamedTuple

from lakehouse.generate.catalogue import Catalogue, Choices, read_catalogue


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


class Data(Catalogue):
    """The keys of the file, which says what they are."""

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


DATA = read_catalogue("thelook", Data)
