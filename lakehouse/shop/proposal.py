"""A shop as its files tell of it: its tables, their contracts, and what they are mapped to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from lakehouse.contracts.model import ID_TYPES, normalized_header
from lakehouse.errors import LakehouseError
from lakehouse.session import PROJECT_DIR
from lakehouse.shop.columns import MONEY, ProposedColumn, propose_column
from lakehouse.shop.roles import HEADERS, NEEDED, ROLES, Role, fields_of
from lakehouse.shop.sample import Sample

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
TABLE_NAMES: Mapping[Role, str] = {
    "orders": "orders",
    "lines": "order_lines",
    "products": "products",
    "customers": "customers",
    "events": "events",
}
# The key of a table of one role, as its column is called there.
KEYS: Mapping[Role, str] = {
    "orders": "order_id",
    "lines": "order_item_id",
    "products": "product_id",
    "customers": "customer_id",
    "events": "event_id",
}
# Columns that tell who or where a customer is, by their bronze names.
DETAILS = re.compile(
    r"(first|last|full|customer|billing|shipping|recipient)_name$|mail|phone|address|street|zip|"
    r"post_?code|postal|birth|^dob$|(^|_)ip($|_)|latitude|longitude"
)
SHARED_IDS = ("order_id", "customer_id", "product_id", "session_id")


@dataclass
class ProposedTable:
    """A bronze table to be.

    Attributes:
        roles: what it is to the shop; none where nothing is mapped from it.
        fields: role -> conformed column -> bronze column.
        key: the column that tells its rows apart; None where only their content does.
    """

    name: str
    samples: list[Sample]
    roles: tuple[Role, ...]
    columns: list[ProposedColumn] = field(default_factory=list)
    fields: dict[Role, dict[str, str]] = field(default_factory=dict)
    key: str | None = None
    files: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)

    def column(self, name: str) -> ProposedColumn:
        """A column by its bronze name."""
        return next(column for column in self.columns if column.name == name)


@dataclass
class ProposedShop:
    """A shop to be; all amounts are in its currency."""

    shop_id: str
    shop_name: str
    currency: str
    time_zone: str
    tables: list[ProposedTable]

    def table_of(self, role: Role) -> ProposedTable | None:
        """The table of a role."""
        return next((table for table in self.tables if role in table.roles), None)

    def field(self, role: Role, name: str) -> str | None:
        """The bronze column that a role's table has for a conformed one."""
        table = self.table_of(role)
        return table.fields[role].get(name) if table else None

    @property
    def has_order_dates(self) -> bool:
        """Whether orders, or their lines, say when they were placed."""
        return bool(self.field("orders", "ordered_at") or self.field("lines", "ordered_at"))


def propose_shop(
    shop_id: str,
    samples: Sequence[Sample],
    roles: Mapping[Role, Sample],
    *,
    shop_name: str | None = None,
    currency: str = "USD",
    time_zone: str = "UTC",
    chosen: Mapping[tuple[Role, str], str] | None = None,
) -> ProposedShop:
    """What a shop's contract and models would be.

    Args:
        shop_id: its name, snake_case.
        samples: its files.
        roles: which file is which; several roles may be of one file.
        shop_name: what people call it.
        currency: ISO 4217 code of its amounts.
        time_zone: of times that name none.
        chosen: (role, field) -> header, where the guess is not to decide.

    Raises:
        LakehouseError: the name is no name, or a file lacks a column that its role needs.
    """
    if not NAME.fullmatch(shop_id):
        raise LakehouseError(f"{shop_id!r} is no name for a shop: write it like my_shop.")
    if not re.fullmatch("[A-Z]{3}", currency):
        raise LakehouseError(f"{currency!r} is no currency: write its ISO 4217 code, such as EUR.")
    if not {"orders", "lines"} <= set(roles):
        raise LakehouseError(
            "Which file has the orders and which their lines? Say --orders FILE --lines FILE; one "
            "flat file may be both."
        )
    shop = ProposedShop(
        shop_id, shop_name or shop_id.replace("_", " ").title(), currency, time_zone, []
    )
    for sample in samples:
        own = tuple(role for role in ROLES if roles.get(role) is sample)
        same = next((t for t in shop.tables if _is_same_layout(t.samples[0], sample)), None)
        if not own and same is not None:
            same.samples.append(sample)
        else:
            name = TABLE_NAMES[own[0]] if own else _snake(sample.stem, [])
            shop.tables.append(ProposedTable(name, [sample], own))
    for table in shop.tables:
        _propose_columns(table, currency, chosen or {})
        _find_key(table)
        _mark_persons(table)
        bounded = [column.name for column in table.columns if column.is_never_negative]
        if bounded:
            listed = ", ".join(bounded)
            table.unsure.append(f"never below 0: {listed}; `min: 0` where less is an error")
    _share_types(shop)
    _name_files(shop)
    return shop


def _is_same_layout(one: Sample, other: Sample) -> bool:
    names = [{normalized_header(header) for header in sample.headers} for sample in (one, other)]
    return 2 * len(names[0] & names[1]) > len(names[0] | names[1])


def _propose_columns(
    table: ProposedTable, currency: str, chosen: Mapping[tuple[Role, str], str]
) -> None:
    first = table.samples[0]
    meant: dict[str, str] = {}
    by_role: dict[Role, dict[str, str]] = {}
    for role in table.roles:
        fields = fields_of(first, role) | {f: h for (r, f), h in chosen.items() if r == role}
        unknown = [h for h in fields.values() if h not in first.headers]
        if unknown:
            raise LakehouseError(f"{first.path} has no column {unknown[0]!r}.")
        for needed in NEEDED[role]:
            if needed not in fields:
                raise LakehouseError(
                    f"{first.path}: which column is the {needed} of {role}? Say "
                    f"--column {role}.{needed}=HEADER, with one of {', '.join(first.headers)}."
                )
        if role == "lines" and not {"unit_price", "line_amount"} & set(fields):
            raise LakehouseError(
                f"{first.path}: which column is the price of one piece, or of the line? Say "
                "--column lines.unit_price=HEADER or --column lines.line_amount=HEADER."
            )
        made = {"lines": "order_item_id", "events": "event_id"}.get(role, "")
        if made in fields and not _is_unique(first.values(fields[made])):
            # It is made of the row's content instead.
            del fields[made]
        by_role[role] = fields
        for name, header in fields.items():
            if name.endswith("_id"):
                meant.setdefault(header, name)
    names: dict[str, str] = {}
    for header in first.headers:
        wanted = meant.get(header, header)
        names[header] = _snake(wanted, list(names.values()), reserve=header not in meant)
    for header in first.headers:
        fields_meant = [f for fields in by_role.values() for f, h in fields.items() if h == header]
        values = first.values(header)
        column = propose_column(
            names[header], header, values, currency, fields_meant[0] if fields_meant else None
        )
        _require(column, values, table, by_role)
        table.columns.append(column)
    table.fields = {role: {f: names[h] for f, h in fs.items()} for role, fs in by_role.items()}
    for other in table.samples[1:]:
        have = {normalized_header(header) for header in other.headers}
        for column in table.columns:
            if normalized_header(column.header) not in have:
                column.optional, column.required = True, False
    for other in table.samples[1:]:
        known = {normalized_header(column.header) for column in table.columns}
        for header in other.headers:
            if normalized_header(header) not in known:
                name = _snake(header, [column.name for column in table.columns], reserve=True)
                column = propose_column(name, header, other.values(header), currency)
                column.optional = True
                column.unsure.append(f"only in {other.path.name}: an alias of another column?")
                table.columns.append(column)


def _require(
    column: ProposedColumn,
    values: Sequence[str],
    table: ProposedTable,
    by_role: Mapping[Role, Mapping[str, str]],
) -> None:
    needed = {by_role[role].get(f) for role in table.roles for f in NEEDED[role]}
    if "lines" in table.roles:
        needed |= {by_role["lines"].get("quantity")}
    if column.header in needed:
        column.required = True
        blank = sum(not value for value in values)
        if blank:
            column.unsure.append(f"{blank} of {len(values)} cells are blank: such rows are rescued")


def _find_key(table: ProposedTable) -> None:
    if len(table.roles) != 1:
        return
    [role] = table.roles
    name = table.fields[role].get(KEYS[role])
    if name is None:
        return
    header = table.column(name).header
    values = [v for s in table.samples if header in s.headers for v in s.values(header)]
    if _is_unique(values):
        table.key = name
        table.column(name).required = True
    else:
        table.unsure.append(f"{header} does not tell rows apart, or is blank in some")


def _mark_persons(table: ProposedTable) -> None:
    """Which column names the customer, and which tell of them: what forgetting goes by."""
    named = next((f["customer_id"] for f in table.fields.values() if "customer_id" in f), None)
    if named is None:
        return
    for column in table.columns:
        is_detail = DETAILS.search(column.name)
        is_id = normalized_header(column.header) in HEADERS["customers"]["customer_id"]
        if column.name == named or (column.type in ID_TYPES and is_id and not is_detail):
            column.person = "id"
        elif column.type == "string" and is_detail:
            column.person = "detail"
    table.unsure.append("is all that tells who or where a customer is marked `person`?")


def _is_unique(values: Sequence[str]) -> bool:
    return all(values) and len(set(values)) == len(values)


def _share_types(shop: ProposedShop) -> None:
    """One id has one type wherever it stands, so that tables find each other."""
    for name in SHARED_IDS:
        columns = [
            table.column(fields[name])
            for table in shop.tables
            for fields in table.fields.values()
            if name in fields
        ]
        if any(column.type != "integer_id" for column in columns):
            for column in columns:
                column.type = "string"
    for table in shop.tables:
        for role, fields in table.fields.items():
            for name, column_name in fields.items():
                column = table.column(column_name)
                is_amount = name.endswith(("_amount", "_price", "_cost")) or name == "price"
                if is_amount and column.type in ("int", "bigint", "double"):
                    column.type, column.unit = MONEY, shop.currency
                elif is_amount and column.type != MONEY:
                    raise LakehouseError(
                        f"{table.samples[0].path}: {column.header!r} would be {name} of {role}, "
                        "but not all of its cells are numbers."
                    )
                elif name.endswith("_at") and not column.is_moment:
                    raise LakehouseError(
                        f"{table.samples[0].path}: {column.header!r} would be {name} of {role}, "
                        "but its cells are no dates that could be told."
                    )


def _name_files(shop: ProposedShop) -> None:
    """Patterns that take each table's files, and no other's."""
    for table in shop.tables:
        stems = [sample.stem for sample in table.samples]
        table.files = list(dict.fromkeys(re.sub(r"[\d\W_]*$", "", s) + "*" for s in stems))
    for table in shop.tables:
        others = [s.stem for t in shop.tables if t is not table for s in t.samples]
        starts = tuple(pattern[:-1].casefold() for pattern in table.files)
        if any(stem.casefold().startswith(starts) for stem in others):
            table.files = [sample.stem for sample in table.samples]
            table.unsure.append("files of other names belong to no table: widen the pattern")


@cache
def _keywords() -> frozenset[str]:
    """Words that the linter of the project takes for no names, in small letters.

    Raises:
        LakehouseError: it is not installed.
    """
    try:
        from sqlfluff.core import FluffConfig
    except ImportError as error:
        raise LakehouseError(
            "A new shop's SQL is to pass the linter, which is not installed: run make setup, or "
            "pip install -e '.[dev]'."
        ) from error

    config = FluffConfig.from_path(str(PROJECT_DIR))
    dialect = config.get("dialect_obj")
    words = dialect.sets("unreserved_keywords") | dialect.sets("reserved_keywords")
    known = config.get_section(("rules", "references.keywords")) or {}
    names = {word.strip() for word in str(known.get("ignore_words") or "").split(",")}
    return frozenset(word.casefold() for word in words) - names


def _snake(text: str, taken: Sequence[str], reserve: bool = False) -> str:
    """A bronze name: `Lineitem price` is lineitem_price."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain)
    name = re.sub(r"[^a-z0-9]+", "_", parted.casefold()).strip("_") or "column"
    if not name[0].isalpha():
        name = f"c_{name}"
    if reserve and name in _keywords():
        name = f"{name}_value"
    number = 2
    free = name
    while free in taken:
        free = f"{name}_{number}"
        number += 1
    return free
