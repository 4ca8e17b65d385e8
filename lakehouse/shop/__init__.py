"""A shop of one's own: proposed from its files, and written into the project."""

from lakehouse.shop.project import add_shop, remove_shop
from lakehouse.shop.proposal import ProposedShop, propose_shop
from lakehouse.shop.roles import ROLES, Role, guess_roles
from lakehouse.shop.sample import Sample, read_sample

__all__ = [
    "ROLES",
    "ProposedShop",
    "Role",
    "Sample",
    "add_shop",
    "guess_roles",
    "propose_shop",
    "read_sample",
    "remove_shop",
]
