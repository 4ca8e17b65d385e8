"""Reads contracts from YAML; every error names the file and the key."""

from __future__ import annotations

import os
from pathlib import Path

from lakehouse.checked_yaml import read_yaml
from lakehouse.contracts.model import Contract
from lakehouse.errors import LakehouseError

CONTRACTS_DIR = Path(__file__).resolve().parent


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


def read_contract(path: Path) -> Contract:
    """One contract file, checked.

    Raises:
        ContractError: the file is no YAML, or it names every key that is missing, unknown or wrong.
    """
    contract = read_yaml(path, Contract, ContractError)
    contract._path = path
    return contract


def _read_folder(folder: Path) -> dict[str, Contract]:
    contracts: dict[str, Contract] = {}
    for path in sorted({*folder.glob("*.yml"), *folder.glob("*.yaml")}):
        contract = read_contract(path)
        if contract.shop_id in contracts:
            other = contracts[contract.shop_id].path
            raise ContractError(f"{path}: shop_id: {contract.shop_id} is also in {other}.")
        contracts[contract.shop_id] = contract
    return contracts
