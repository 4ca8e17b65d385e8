"""Reads contracts from YAML; every error names the file and the key."""

from __future__ import annotations

import os
import re
import zoneinfo
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from lakehouse.contracts.model import (
    DECIMAL,
    SQL_TYPES,
    ColumnContract,
    ColumnType,
    Contract,
    TableContract,
)
from lakehouse.errors import LakehouseError

CONTRACTS_DIR = Path(__file__).resolve().parent
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
TABLE_NAME = re.compile(rf"{NAME.pattern}__{NAME.pattern}")
CURRENCY = re.compile(r"[A-Z]{3}")
MAX_DECIMAL_PRECISION = 38

SHOP_KEYS = frozenset({"shop_id", "shop_name", "currency_code", "time_zone", "source", "tables"})
TABLE_KEYS = frozenset({"name", "description", "files", "columns", "multiline"})
COLUMN_KEYS = frozenset(
    {"name", "header", "aliases", "type", "formats", "min", "max", "allowed"}
    | {"required", "optional", "unit", "description"}
)


class ContractError(LakehouseError):
    """A contract that cannot be used: which file, which key, what is wrong."""


def load_contracts() -> dict[str, Contract]:
    """All contracts by shop_id: the built-in ones, and those of `LAKE_CONTRACTS_DIR`.

    A file in `LAKE_CONTRACTS_DIR` with the shop_id of a built-in contract replaces it.

    Raises:
        ContractError: a file is not a valid contract, or two of one folder share a shop_id.
    """
    folders = [CONTRACTS_DIR]
    own = os.environ.get("LAKE_CONTRACTS_DIR")
    if own:
        if not Path(own).is_dir():
            raise ContractError(f"LAKE_CONTRACTS_DIR names {own}, which is not a folder.")
        folders.append(Path(own))
    contracts: dict[str, Contract] = {}
    for folder in folders:
        contracts.update(_read_folder(folder))
    return dict(sorted(contracts.items()))


def _read_folder(folder: Path) -> dict[str, Contract]:
    contracts: dict[str, Contract] = {}
    for path in sorted({*folder.glob("*.yml"), *folder.glob("*.yaml")}):
        contract = read_contract(path)
        if contract.shop_id in contracts:
            other = contracts[contract.shop_id].path
            raise ContractError(f"{path}: shop_id: {contract.shop_id} is also in {other}.")
        contracts[contract.shop_id] = contract
    return contracts


def read_contract(path: Path) -> Contract:
    """One contract file, checked.

    Raises:
        ContractError: the file is no YAML, a key is missing or unknown, or a value is wrong.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContractError(f"{path}: not valid YAML: {error}") from error
    shop = _Node(path, "", content, SHOP_KEYS)
    shop_id = shop.text("shop_id", NAME, "lower-case words joined by single _")
    time_zone = shop.text("time_zone", default="UTC")
    if time_zone not in zoneinfo.available_timezones():
        shop.fail("time_zone", f"{time_zone} is no time zone; use a name such as UTC")
    tables = tuple(
        _table(_Node(path, f"tables[{number}]", item, TABLE_KEYS), shop_id, time_zone)
        for number, item in enumerate(shop.items("tables"))
    )
    shop.unique("tables", [table.name for table in tables])
    return Contract(
        shop_id=shop_id,
        shop_name=shop.text("shop_name"),
        currency_code=shop.text("currency_code", CURRENCY, "three capitals such as EUR"),
        time_zone=time_zone,
        source=shop.text("source"),
        tables=tables,
        path=path,
    )


def _table(node: _Node, shop_id: str, time_zone: str) -> TableContract:
    name = node.text("name", TABLE_NAME, f"{shop_id}__<entity>")
    if not name.startswith(f"{shop_id}__"):
        node.fail("name", f"{name} must start with {shop_id}__")
    columns = tuple(
        _column(_Node(node.path, f"{node.at('columns')}[{number}]", item, COLUMN_KEYS))
        for number, item in enumerate(node.items("columns"))
    )
    node.unique("columns", [column.name for column in columns])
    headers = [header for column in columns for header in column.accepted_headers]
    node.unique("columns", headers, "headers and aliases, compared by letters and digits only")
    return TableContract(
        name=name,
        shop_id=shop_id,
        time_zone=time_zone,
        description=node.text("description"),
        files=node.texts("files", required=True),
        columns=columns,
        multiline=node.flag("multiline"),
    )


def _column(node: _Node) -> ColumnContract:
    name = node.text("name", NAME, "lower-case words joined by single _")
    type_ = ColumnType(node.text("type").replace(" ", ""))
    decimal = DECIMAL.fullmatch(type_.name)
    if decimal is None and type_.name not in SQL_TYPES:
        known = ", ".join((*SQL_TYPES, "decimal(p,s)"))
        node.fail("type", f"{type_.name} is unknown; use one of {known}")
    if decimal and not int(decimal[2]) <= int(decimal[1]) <= MAX_DECIMAL_PRECISION:
        node.fail("type", f"{type_.name}: scale <= precision <= {MAX_DECIMAL_PRECISION} must hold")
    dated = type_.name in ("date", "timestamp")
    formats = node.texts("formats")
    if formats and not dated:
        node.fail("formats", f"only dates and timestamps have formats, not {type_.name}")
    minimum, maximum = node.number("min"), node.number("max")
    if (minimum, maximum) != (None, None) and not (
        type_.is_decimal or type_.name in ("int", "bigint", "double")
    ):
        node.fail("min" if minimum is not None else "max", f"{type_.name} has no bounds")
    if minimum is not None and maximum is not None and minimum > maximum:
        node.fail("min", f"{minimum} is above max {maximum}")
    allowed = node.texts("allowed")
    if allowed and type_.name != "string":
        node.fail("allowed", f"only string columns list allowed values, not {type_.name}")
    required, optional = node.flag("required"), node.flag("optional")
    if required and optional:
        node.fail("optional", "a column is required or optional, not both")
    return ColumnContract(
        name=name,
        header=node.text("header", default=name),
        type=type_,
        description=node.text("description"),
        aliases=node.texts("aliases"),
        formats=formats or (("iso",) if dated else ()),
        minimum=minimum,
        maximum=maximum,
        allowed=allowed,
        required=required,
        optional=optional,
        unit=node.text("unit", default="") or None,
    )


class _Node:
    """A mapping of the YAML with its place, so that errors can name file and key."""

    def __init__(self, path: Path, place: str, content: Any, keys: frozenset[str]) -> None:
        self.path = path
        self.place = place
        if not isinstance(content, Mapping):
            raise ContractError(f"{path}: {place or 'top level'}: expected keys and values.")
        self.content = content
        for key in content:
            if key not in keys:
                self.fail(str(key), f"unknown key; known are {', '.join(sorted(keys))}")

    def at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def fail(self, key: str, message: str) -> None:
        raise ContractError(f"{self.path}: {self.at(key)}: {message}.")

    def text(
        self,
        key: str,
        pattern: re.Pattern[str] | None = None,
        hint: str = "",
        default: str | None = None,
    ) -> str:
        value = self.content.get(key, default)
        if value is None:
            self.fail(key, "missing")
        if not isinstance(value, str) or (not value.strip() and value != default):
            self.fail(key, f"expected text, found {value!r}; put it in quotes")
        text = str(value).strip()
        if pattern and not pattern.fullmatch(text):
            self.fail(key, f"{text!r} is not of the form: {hint}")
        return text

    def items(self, key: str) -> list[Any]:
        value = self.content.get(key)
        if not isinstance(value, list) or not value:
            self.fail(key, "expected a list with at least one entry")
        return list(value or [])

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        if key not in self.content and not required:
            return ()
        items = self.items(key)
        for item in items:
            if not isinstance(item, str) or not item.strip():
                self.fail(key, f"expected text, found {item!r}; put it in quotes")
        return tuple(items)

    def flag(self, key: str) -> bool:
        value = self.content.get(key, False)
        if not isinstance(value, bool):
            self.fail(key, f"expected true or false, found {value!r}")
        return bool(value)

    def number(self, key: str) -> Decimal | None:
        value = self.content.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(key, f"expected a number, found {value!r}")
        try:
            return Decimal(str(value))
        except InvalidOperation as error:
            raise ContractError(f"{self.path}: {self.at(key)}: {value!r} is no number.") from error

    def unique(self, key: str, names: list[str], what: str = "names") -> None:
        seen: set[str] = set()
        for name in names:
            if name in seen:
                self.fail(key, f"{name} is there twice ({what})")
            seen.add(name)
