"""Contracts: one YAML per shop says which files it has, their columns, types and bounds."""

from lakehouse.contracts.bronze import ADDED_COLUMNS, bronze_schema
from lakehouse.contracts.dbt_sources import loads_sources_yaml, sources_yaml, write_sources
from lakehouse.contracts.model import (
    ColumnContract,
    ColumnType,
    Contract,
    TableContract,
    normalized_header,
)
from lakehouse.contracts.reader import load_contracts

__all__ = [
    "ADDED_COLUMNS",
    "ColumnContract",
    "ColumnType",
    "Contract",
    "TableContract",
    "bronze_schema",
    "load_contracts",
    "loads_sources_yaml",
    "normalized_header",
    "sources_yaml",
    "write_sources",
]
