"""The parameters of all models, in one readable place: `ml/parameters.yml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypeVar

import yaml

from lakehouse.checked_yaml import check_form
from lakehouse.errors import LakehouseError
from ml.model import Parameters

FILE = Path(__file__).with_name("parameters.yml")
Form = TypeVar("Form", bound=Parameters)


def read_parameters(model: str, form: type[Form], path: Path | None = None) -> Form:
    """The parameters of a model, checked.

    Raises:
        LakehouseError: the file has none for it, or names every key that is missing, unknown or
            wrong.
    """
    path = path or FILE
    given = _content(path)
    if model not in given:
        raise LakehouseError(f"{path}: nothing stands under {model}.")
    return check_form(given[model], form, f"{path}: {model}")


@cache
def _content(path: Path) -> dict[str, object]:
    content: dict[str, object] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content
