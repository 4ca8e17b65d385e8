"""dbt sources rendered from contracts, so that the two can never disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from lakehouse.contracts.bronze import ADDED_COLUMNS
from lakehouse.contracts.model import ColumnContract, Contract, TableContract

HEAD = "# Written from the contracts by `python -m lakehouse.contracts`: change those.\n"
SCHEMA = "{{ env_var('LAKE_SCHEMA_PREFIX', '') }}bronze"
LOADER = "lakehouse load"
WARN_AFTER_DAYS = 7
LINE_WIDTH = 100

# The ledger's columns: name -> (type, description).
LEDGER_COLUMNS = {
    "shop_id": ("string", "Shop of the file."),
    "table_name": ("string", "Bronze table that the file belongs to."),
    "batch_id": ("string", "First 16 hex digits of the sha256 of table name and file sha256."),
    "source_file": ("string", "File, relative to the folder loaded."),
    "size_bytes": ("bigint", "Size of the file."),
    "sha256": ("string", "Hash of the file's bytes: the same content is loaded once."),
    "row_count": ("bigint", "Rows read from the file."),
    "rescued_count": ("bigint", "Rows of these with something that did not fit the contract."),
    "status": ("string", "loaded; or rejected or withdrawn, with nothing of it in the lake."),
    "rejected_reason": ("string", "Why the file was rejected; null if it was not."),
    "table_version": ("bigint", "Delta version of the bronze table that has it; null if none has."),
    "loaded_at": ("timestamp", "When the file was loaded, rejected or withdrawn, UTC."),
    "as_of": ("timestamp", "Latest moment that its rows tell of, UTC; null for undated tables."),
    "name_order": ("string", "Its name, written so that names sort as people read them."),
    "source_state": ("string", "Size, times, e-tag: with the same ones it is not read again."),
}


def sources_yaml(contract: Contract) -> str:
    """The text of `_<shop>__sources.yml` for dbt."""
    return _render(
        {
            "name": contract.shop_id,
            "description": f"{contract.shop_name}. {contract.source}",
            "schema": SCHEMA,
            "loader": LOADER,
            "config": {
                "loaded_at_field": "_ingested_at",
                "freshness": {"warn_after": {"count": WARN_AFTER_DAYS, "period": "day"}},
            },
            "tables": [_table(contract, table) for table in contract.tables],
        }
    )


def loads_sources_yaml() -> str:
    """The text of `_loads__sources.yml`: the ledger of all loads as a dbt source."""
    table = {
        "name": "loads",
        "identifier": "_loads",
        "description": "One row per file and table: what was loaded or rejected, when and why.",
        "config": {"meta": {"layer": "bronze", "grain": ["table_name", "batch_id"]}},
        "columns": _added(LEDGER_COLUMNS),
    }
    return _render(
        {
            "name": "bronze",
            "description": "What the loader keeps for itself.",
            "schema": SCHEMA,
            "loader": LOADER,
            "tables": [table],
        }
    )


def source_files(contracts: Iterable[Contract], models_dir: Path) -> dict[Path, str]:
    """The source files under `<models_dir>/silver/staging`, each with its text."""
    staging = models_dir / "silver" / "staging"
    texts = {
        staging / contract.shop_id / f"_{contract.shop_id}__sources.yml": sources_yaml(contract)
        for contract in contracts
    }
    return texts | {staging / "_loads__sources.yml": loads_sources_yaml()}


def _table(contract: Contract, table: TableContract) -> dict[str, Any]:
    return {
        "name": table.name,
        "description": table.description,
        "config": {
            "meta": {
                "layer": "bronze",
                "shop_id": contract.shop_id,
                "currency_code": contract.currency_code,
                "files": list(table.files),
            }
        },
        "columns": [_column(column) for column in table.columns] + _added(ADDED_COLUMNS),
    }


def _column(column: ColumnContract) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": column.name,
        "description": column.description,
        "data_type": column.sql_type,
    }
    if column.unit:
        entry["config"] = {"meta": {"unit": column.unit}}
    return entry


def _added(columns: Mapping[str, tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "description": description, "data_type": type_}
        for name, (type_, description) in columns.items()
    ]


def _render(source: dict[str, Any]) -> str:
    document = {"version": 2, "sources": [source]}
    text = yaml.dump(
        document, Dumper=_Indented, sort_keys=False, allow_unicode=True, width=LINE_WIDTH
    )
    return HEAD + text


class _Indented(yaml.SafeDumper):
    """Indents lists under their key, as dbt projects write them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)
