"""`lakehouse register`: the metastore, back from the lake's folders."""

from __future__ import annotations

from lakehouse.lake import Lake


def register() -> None:
    """Bring the metastore back from the lake's folders, e.g. after deleting _catalog."""
    from lakehouse.catalog import named_in, register
    from lakehouse.console import console
    from lakehouse.lock import lake_lock
    from lakehouse.session import open_session

    lake = Lake.from_environment()
    with lake_lock(lake, "register"):
        spark = open_session(lake)
        names = register(spark, named_in(spark, lake))
    console.print(f"Registered {len(names)} tables: {', '.join(names) or 'all were known'}")
