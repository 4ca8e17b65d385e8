"""`lakehouse status`: what is loaded, built and stale."""

from __future__ import annotations

from lakehouse.lake import Lake


def status() -> None:
    """Say what is loaded, built and stale, and what to run next."""
    from rich.table import Table

    from lakehouse.console import console
    from lakehouse.status import lake_state

    lake = Lake.from_environment()
    state = lake_state(lake)
    console.print(f"Lake: {lake.root}", markup=False)
    bronze = Table("bronze table", "files", "rows", "rescued", "rejected files", "loaded (UTC)")
    for table in state.bronze:
        loaded = f"{table.last_loaded_at:%Y-%m-%d %H:%M}" if table.last_loaded_at else "-"
        counts = (table.file_count, table.row_count, table.rescued_count)
        bronze.add_row(
            table.table_name, *(f"{n:,}" for n in counts), str(table.rejected_file_count), loaded
        )
    console.print(bronze)
    for name, batch in state.left_over:
        console.print(
            f"Batch {batch} of {name} is left over from a load that did not end; nobody reads it. "
            f"Load its file again, or: lakehouse withdraw {batch}",
            markup=False,
        )
    if state.gold:
        oldest = min(table.changed_at for table in state.gold)
        console.print(
            f"Gold: {len(state.gold)} tables, the oldest of {oldest:%Y-%m-%d %H:%M} UTC; "
            f"{len(state.stale)} stale"
        )
    else:
        console.print("Gold: nothing is built")
    console.print(_release(lake), markup=False)
    console.print(f"Next: {state.next_step}", markup=False)


def _release(lake: Lake) -> str:
    """What readers of releases see."""
    from lakehouse.release.record import current

    found = current(lake)
    if found is None:
        return "Release: none; lakehouse build publishes one when every test has passed"
    return (
        f"Release: {found.number} of {found.published_at:%Y-%m-%d %H:%M} UTC, "
        f"{len(found.tables)} tables"
    )
