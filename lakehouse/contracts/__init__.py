"""Contracts: one YAML per shop says which files it has, their columns, types and bounds."""

from lakehouse.contracts.bronze import ADDED_COLUMNS, bronze_columns
from lakehouse.contracts.dbt_sources import loads_sources_yaml, source_files, sources_yaml
from lakehouse.contracts.model import (
    ColumnContract,
    Contract,
    TableContract,
    normalized_header,
)
from lakehouse.contracts.reader import load_contracts

__all__ = [
    "ADDED_COLUMNS",
    "ColumnContract",
    "Contract",
    "TableContract",
    "bronze_columns",
    "load_contracts",
    "loads_sources_yaml",
    "normalized_header",
    "source_files",
    "sources_yaml",
]
