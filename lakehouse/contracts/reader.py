"""Reads contracts from YAML; every error names the file and the key."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import ValidationError

from lakehouse.contracts.model import Contract
from lakehouse.errors import LakehouseError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

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
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        contract = Contract.model_validate(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContractError(f"{path}: not valid YAML: {error}") from error
    except ValidationError as error:
        problems = [f"{path}: {_problem(details)}." for details in _causes(error.errors())]
        raise ContractError("\n".join(problems)) from error
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


def _causes(problems: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without what only follows from another problem: of a part, or of an earlier key."""
    places = [problem["loc"] for problem in problems]
    return [
        problem
        for problem in problems
        if problem["type"] != "default_factory_not_called"
        and not any(
            len(place) > len(problem["loc"]) and place[: len(problem["loc"])] == problem["loc"]
            for place in places
        )
    ]


def _problem(details: ErrorDetails) -> str:
    """Key and fault: `tables[0].columns[3].type: datetime is unknown`."""
    place = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in details["loc"])
    found = details["input"]
    match details["type"]:
        case "missing":
            fault = "missing"
        case "extra_forbidden":
            fault = "unknown key"
        case "value_error":
            fault = details["msg"].removeprefix("Value error, ")
        case "string_type" if isinstance(found, int | float):
            fault = f"expected text, found {found!r}; put it in quotes"
        case _ if isinstance(found, str | int | float):
            fault = f"{details['msg']}, found {found!r}"
        case _:
            fault = details["msg"]
    return f"{place.lstrip('.') or 'top level'}: {fault}"
