"""Fitted weights as a file of the lake: NumPy's own form, read without running code."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from lakehouse.storage import open_store

FILE = "weights.npz"


def save(root: str, folder: str, arrays: Mapping[str, Any]) -> str:
    """Writes arrays under the root of a lake.

    Returns:
        The path of the file, as `load` takes it.
    """
    import obstore

    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    obstore.put(open_store(root), f"{folder}/{FILE}", content.getvalue())
    return f"{root}/{folder}/{FILE}"


def is_path(path: str) -> bool:
    """Whether it is a file of arrays, not the folder of a pipeline."""
    return path.endswith(f"/{FILE}")


def load(path: str) -> dict[str, Any]:
    """The arrays that were saved, by name.

    Raises:
        FileNotFoundError: they are gone.
    """
    import obstore

    folder, _, name = path.rpartition("/")
    content = bytes(obstore.get(open_store(folder), name).bytes())
    with np.load(io.BytesIO(content), allow_pickle=False) as found:
        return {key: found[key] for key in found.files}
