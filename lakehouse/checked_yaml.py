"""Reads YAML into a form; every error names the file and the key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from lakehouse.errors import LakehouseError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Form = TypeVar("Form", bound=BaseModel)


def read_yaml(path: Path, form: type[Form], problem: type[LakehouseError] = LakehouseError) -> Form:
    """The content of a file, checked.

    Raises:
        LakehouseError: of the kind `problem`; the file is no YAML, or it names every key that is
            missing, unknown or wrong.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise problem(f"{path}: not valid YAML: {error}") from error
    return check_form(content, form, str(path), problem)


def check_form(
    content: object, form: type[Form], place: str, problem: type[LakehouseError] = LakehouseError
) -> Form:
    """Content of YAML in its form.

    Args:
        content: as YAML gave it.
        form: what it is to be.
        place: where it stands, for errors.
        problem: the kind of error.

    Raises:
        LakehouseError: of the kind `problem`; it names every key that is missing, unknown or wrong.
    """
    try:
        return form.model_validate(content)
    except ValidationError as error:
        faults = [f"{place}: {_fault(details)}." for details in _causes(error.errors())]
        raise problem("\n".join(faults)) from error


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


def _fault(details: ErrorDetails) -> str:
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
