"""The JSON Schema of contracts, with which editors complete and check them."""

from __future__ import annotations

import json

from lakehouse.contracts.model import Contract
from lakehouse.contracts.reader import CONTRACTS_DIR

SCHEMA_FILE = CONTRACTS_DIR / "contract.schema.json"


def editor_schema() -> str:
    """The text of `contract.schema.json`."""
    return json.dumps(Contract.model_json_schema(), indent=2) + "\n"
