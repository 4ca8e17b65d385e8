"""A lake's identity: a small file at its root that moves, and is copied, with its data."""

from __future__ import annotations

import json
import uuid
from contextlib import suppress

from lakehouse.errors import LakehouseError, MachineError
from lakehouse.storage import open_store

IDENTITY_NAME = "_lake.json"
# Raised when the layout of a lake changes so that older code must not touch it.
FORMAT = 1


def identify(root: str) -> str:
    """The id of the lake at a root; a lake without one is given one now.

    Of several processes that give it one at once, one wins and all return the winner's.

    Raises:
        MachineError: the store refuses to be read or written.
        OSError: the root is a folder that cannot be made.
        LakehouseError: the lake is of a newer format.
    """
    import obstore
    from obstore.exceptions import AlreadyExistsError, BaseError

    try:
        store = open_store(root)
        try:
            content = bytes(obstore.get(store, IDENTITY_NAME).bytes())
        except FileNotFoundError:
            fresh = json.dumps({"id": str(uuid.uuid4()), "format": FORMAT}).encode()
            with suppress(AlreadyExistsError):
                obstore.put(store, IDENTITY_NAME, fresh, mode="create")
            content = bytes(obstore.get(store, IDENTITY_NAME).bytes())
    except BaseError as error:
        reason = str(error).partition("\n")[0]
        raise MachineError(f"The lake {root} cannot be opened: {reason}") from error
    return _lake_id(root, content)


def _lake_id(root: str, content: bytes) -> str:
    try:
        identity = json.loads(content)
        lake_id, written = str(identity["id"]), int(identity["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise LakehouseError(
            f"{root}/{IDENTITY_NAME} is not a lake's identity. If this is a lake, delete that "
            "file: it is written anew."
        ) from error
    if written > FORMAT:
        raise LakehouseError(
            f"The lake {root} has format {written}; this version knows formats up to {FORMAT}. "
            "Use the version that wrote it, or a newer one."
        )
    return lake_id
