"""The facts of a report, as gold has them: amounts in the shop's currency, shares and rates 0-1."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from lakehouse.shops import Shop


@dataclass(frozen=True)
class Kpis:
    """The headline figures (`rpt_kpis`); session figures are None without sessions."""

    order_count: int
    customer_count: int
    unit_count: int
    gross_amount: Decimal
    returned_amount: Decimal
    net_amount: Decimal
    set_aside_amount: Decimal
    average_order_value: Decimal | None
    median_order_amount: Decimal | None
    items_per_order: float | None
    session_count: int | None
    converting_session_count: int | None
    conversion_rate: float | None
    human_conversion_rate: float | None
    cross_sell_signal: str | None


@dataclass(frozen=True)
class TopCustomer:
    """One of the best customers; the share is of the sales to known customers."""

    customer_id: str
    net_amount: Decimal
    order_count: int
    share: float | None


@dataclass(frozen=True)
class Concentration:
    """How few customers bring how much (`rpt_revenue_concentration`).

    Attributes:
        customer_count: known customers with a sale.
        top: the best customers, five at most.
        top_share: their part of the sales to known customers.
        top_share_of_shop: their part of all the shop's sales.
        pareto_count: the best fifth of the customers, rounded up.
        pareto_share: their part of the sales to known customers.
        pareto_share_of_shop: their part of all the shop's sales.
        curve: points (part of the customers, part of the sales to known customers), best first.
    """

    customer_count: int
    top: tuple[TopCustomer, ...]
    top_share: float
    top_share_of_shop: float
    pareto_count: int
    pareto_share: float
    pareto_share_of_shop: float
    curve: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Month:
    """A month (`rpt_sales_history`); growth is against the month before."""

    start: datetime.date
    order_count: int
    customer_count: int
    net_amount: Decimal
    growth_rate: float | None
    is_peak: bool
    is_complete: bool


@dataclass(frozen=True)
class Group:
    """What one category, country or the like brings."""

    name: str
    order_count: int
    net_amount: Decimal
    revenue_share: float | None
    margin_rate: float | None
    known_cost_share: float | None


@dataclass(frozen=True)
class Breakdown:
    """The sales of a shop by one column (`rpt_sales_by_<column>`).

    Attributes:
        groups: the largest, by their rank.
        group_count: how many there are.
        rest_amount: net amount of those that are not in `groups`.
    """

    column: str
    groups: tuple[Group, ...]
    group_count: int
    rest_amount: Decimal


@dataclass(frozen=True)
class Product:
    """A product (`rpt_product_performance`); its label is its name, or what else is known of it."""

    product_id: str
    label: str
    unit_count: int
    net_amount: Decimal
    average_price: Decimal | None
    return_rate: float | None
    revenue_share: float | None
    sales_trend: str | None


@dataclass(frozen=True)
class Products:
    """The best products, and how many sell more or fewer of late."""

    top: tuple[Product, ...]
    product_count: int
    rising_count: int
    falling_count: int


@dataclass(frozen=True)
class Brand:
    """A brand (`rpt_brand_performance`)."""

    brand: str
    product_count: int
    net_amount: Decimal
    view_count: int | None
    purchase_count: int | None
    conversion_rate: float | None


@dataclass(frozen=True)
class Brands:
    """The brands that bring most, and the one that converts best among those ranked."""

    top: tuple[Brand, ...]
    brand_count: int
    best_converting: Brand | None


@dataclass(frozen=True)
class Funnel:
    """Sessions by the steps they reached, all days of `rpt_funnel_daily` together."""

    viewed: int
    carted: int
    purchased: int
    abandoned: int
    view_to_cart_rate: float | None
    cart_to_purchase_rate: float | None
    cart_abandonment_rate: float | None


@dataclass(frozen=True)
class CategoryConversion:
    """A category by its purchases per view (`rpt_category_conversion`)."""

    category_code: str
    view_count: int
    purchase_count: int
    conversion_rate: float | None


@dataclass(frozen=True)
class CategoryPrice:
    """What a category costs (`rpt_price_sensitivity`).

    Attributes:
        purchase_rates: price band (1 the cheapest) and its purchases per view.
    """

    category_code: str
    average_price: Decimal
    min_price: Decimal
    max_price: Decimal
    purchase_rates: tuple[tuple[int, float | None], ...]


@dataclass(frozen=True)
class Segment:
    """The customers of a segment; shares are of the segmented customers and their sales."""

    name: str
    customer_count: int
    amount: Decimal
    customer_share: float
    amount_share: float | None


@dataclass(frozen=True)
class Pair:
    """Two items bought together (`rpt_market_basket`)."""

    item_a: str
    item_b: str
    pair_count: int
    support: float
    confidence_a_to_b: float
    confidence_b_to_a: float
    lift: float
    strength: str


@dataclass(frozen=True)
class Basket:
    """The strongest pairs of a level (`product` or `category`); baskets are orders or customers."""

    level: str
    basis: str
    pairs: tuple[Pair, ...]
    pair_count: int


@dataclass(frozen=True)
class Findings:
    """All that the report says of a shop; what its data cannot say is None or empty.

    Attributes:
        as_of: when the headline figures were built (UTC).
        not_built: gold tables that this lake does not have.
    """

    shop: Shop
    as_of: datetime.datetime
    kpis: Kpis
    concentration: Concentration | None
    history: tuple[Month, ...]
    breakdowns: tuple[Breakdown, ...]
    products: Products | None
    brands: Brands | None
    funnel: Funnel | None
    conversions: tuple[CategoryConversion, ...]
    prices: tuple[CategoryPrice, ...]
    clv_segments: tuple[Segment, ...]
    rfm_segments: tuple[Segment, ...]
    baskets: tuple[Basket, ...]
    not_built: tuple[str, ...]
