"""What a file is to a shop, and which of its columns is which, by their headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import yaml

from lakehouse.contracts.model import normalized_header
from lakehouse.shop.sample import Sample

Role = Literal["orders", "lines", "products", "customers", "events"]
ROLES: tuple[Role, ...] = ("orders", "lines", "products", "customers", "events")

HEADERS: Mapping[Role, Mapping[str, Sequence[str]]] = yaml.safe_load(
    (Path(__file__).parent / "headers.yml").read_text(encoding="utf-8")
)
"""Role -> field -> normalized headers that mean it, the likeliest first."""

# What a role cannot be without.
NEEDED: Mapping[Role, tuple[str, ...]] = {
    "orders": ("order_id",),
    "lines": ("order_id", "product_id"),
    "products": ("product_id",),
    "customers": ("customer_id",),
    "events": ("event_type", "event_at"),
}
# Words in a file's name, of which the first that is there decides.
_NAMES: tuple[tuple[str, Role], ...] = (
    ("item", "lines"),
    ("line", "lines"),
    ("event", "events"),
    ("click", "events"),
    ("product", "products"),
    ("catalog", "products"),
    ("customer", "customers"),
    ("user", "customers"),
    ("client", "customers"),
    ("order", "orders"),
    ("invoice", "orders"),
    ("sale", "orders"),
    ("transaction", "orders"),
    ("purchase", "orders"),
)


def fields_of(sample: Sample, role: Role) -> dict[str, str]:
    """The header of each field of a role that a file has one for.

    Of several that could mean a field, one that is never blank comes before others, and the
    likelier one first; a header means one field.
    """
    by_name = {normalized_header(header): header for header in sample.headers}
    found: dict[str, str] = {}
    for field, names in HEADERS[role].items():
        there = [by_name[n] for n in names if n in by_name and by_name[n] not in found.values()]
        whole = [h for h in there if field.endswith("_id") and all(sample.values(h))]
        if there:
            found[field] = (whole or there)[0]
    # A product that is known by its name is called so.
    product = found.get("product_id")
    if product and normalized_header(product) in HEADERS[role].get("product_name", ()):
        found.setdefault("product_name", product)
    return found


def guess_roles(samples: Sequence[Sample]) -> dict[Role, Sample]:
    """Which file is which, by names and headers; a role that no file seems to have is left out."""
    guessed: dict[Role, Sample] = {}
    for sample in samples:
        role = next((role for word, role in _NAMES if word in sample.stem.casefold()), None)
        if role is None or not _can_be(sample, role):
            counts = {r: len(fields_of(sample, r)) for r in ROLES if _can_be(sample, r)}
            ranked = sorted(counts, key=lambda one: -counts[one])
            role = ranked[0] if ranked else None
        if role is not None:
            guessed.setdefault(role, sample)
    # One flat file may have the lines of its orders, or the orders of its lines.
    if "lines" not in guessed and "orders" in guessed and _has_lines(guessed["orders"]):
        guessed["lines"] = guessed["orders"]
    if "orders" not in guessed and "lines" in guessed:
        guessed["orders"] = guessed["lines"]
    return {role: guessed[role] for role in ROLES if role in guessed}


def _can_be(sample: Sample, role: Role) -> bool:
    return set(NEEDED[role]) <= set(fields_of(sample, role))


def _has_lines(sample: Sample) -> bool:
    fields = fields_of(sample, "lines")
    return _can_be(sample, "lines") and not {"unit_price", "line_amount"}.isdisjoint(fields)
