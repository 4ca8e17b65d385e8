"""The contract of a shop to be, as text: what was not certain stands in comments."""

from __future__ import annotations

import json
import re

from lakehouse.contracts.editor_schema import SCHEMA_FILE
from lakehouse.shop.columns import ProposedColumn
from lakehouse.shop.proposal import ProposedShop, ProposedTable

# What YAML takes for plain text, and for nothing else.
_PLAIN = re.compile(r"[A-Za-z][\w ()/.-]*(?<! )")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


def contract_text(shop: ProposedShop) -> str:
    """The text of `lakehouse/contracts/<shop>.yml`."""
    text = f"""\
# yaml-language-server: $schema={SCHEMA_FILE.name}
# Proposed from {_names(shop)}. Look at what is marked `unsure`, then remove the mark.
shop_id: {shop.shop_id}
shop_name: {_scalar(shop.shop_name)}
currency_code: {shop.currency}
"""
    if _has_unzoned_times(shop):
        text += "# unsure: some times name no zone; which one are they of?\n"
    text += f"time_zone: {shop.time_zone}\n"
    text += "# unsure: where does the data come from, and may it be passed on?\n"
    text += f"source: {_scalar('Files of ' + shop.shop_name)}\n\ntables:\n"
    return text + "\n".join(_table(shop, table) for table in shop.tables)


def _table(shop: ProposedShop, table: ProposedTable) -> str:
    text = "".join(f"  # unsure: {why}\n" for why in table.unsure)
    if not table.roles:
        text += "  # unsure: nothing is made from this table yet; its rows are staged and counted\n"
    what = " and ".join(table.roles) or "nothing yet"
    files = ", ".join(json.dumps(pattern, ensure_ascii=False) for pattern in table.files)
    text += f"""\
  - name: {shop.shop_id}__{table.name}
    description: {_scalar(f"Rows of {', '.join(s.path.name for s in table.samples)}: {what}.")}
    files: [{files}]
    columns:
"""
    return text + "".join(_column(column) for column in table.columns)


def _column(column: ProposedColumn) -> str:
    lines = [f"      # unsure: {why}" for why in column.unsure]
    lines.append(f"      - name: {column.name}")
    if column.header != column.name:
        lines.append(f"        header: {_scalar(column.header)}")
    if column.aliases:
        lines.append(f"        aliases: [{', '.join(map(json.dumps, column.aliases))}]")
    lines.append(f"        type: {column.type}")
    if column.formats:
        lines.append(f"        formats: [{', '.join(map(json.dumps, column.formats))}]")
    for bound in ("min", "max"):
        value = getattr(column, bound)
        if value is not None:
            lines.append(f"        {bound}: {value}")
    for mark in ("required", "optional"):
        if getattr(column, mark):
            lines.append(f"        {mark}: true")
    if column.person:
        lines.append(f"        person: {column.person}")
    if column.unit:
        lines.append(f"        unit: {column.unit}")
    lines.append(f"        description: {_scalar(column.description)}")
    return "\n".join(lines) + "\n"


def _names(shop: ProposedShop) -> str:
    return ", ".join(sample.path.name for table in shop.tables for sample in table.samples)


def _has_unzoned_times(shop: ProposedShop) -> bool:
    return any("name no zone" in why for t in shop.tables for c in t.columns for why in c.unsure)


def _scalar(text: str) -> str:
    """A text in YAML, in quotes where it must be."""
    is_plain = _PLAIN.fullmatch(text) and text.casefold() not in _WORDS
    return text if is_plain else json.dumps(text, ensure_ascii=False)
