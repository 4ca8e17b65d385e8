"""`lakehouse release`, `releases`, `rollback`, `diff`, `maintain`: what readers see of gold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lakehouse.lake import Lake

if TYPE_CHECKING:
    from lakehouse.release.diff import Keys, TableDifference
    from lakehouse.release.publish import Published

Number = Annotated[int | None, typer.Argument(help="The release's number.", min=1)]


def release(
    dbt_vars: Annotated[
        str | None, typer.Option("--vars", help="The vars that the lake is built with, for dbt.")
    ] = None,
) -> None:
    """Publish gold as it is now, if all of it is up to date and passed every test."""
    from lakehouse.release.publish import publish
    from lakehouse.transform import parsed_project

    lake = Lake.from_environment()
    arguments = ["--vars", dbt_vars] if dbt_vars else []
    tell_published(publish(lake, parsed_project(lake, arguments)))


def releases() -> None:
    """List the releases that the lake keeps."""
    from rich.table import Table

    from lakehouse.console import console
    from lakehouse.release import record

    lake = Lake.from_environment()
    current = record.current_number(lake)
    listed = Table("release", "published (UTC)", "tables", "changed", "rows", "tests passed", "")
    before = None
    for number in record.numbers(lake):
        found = record.find(lake, number)
        changed = len(found.tables) if before is None else len(found.changed_since(before))
        figures = (len(found.tables), changed, found.row_count, found.test_count)
        gone = len(record.missing_files(lake, found))
        state = ["current"] if number == current else []
        state += [f"{gone} tables cannot be read any more"] if gone else []
        listed.add_row(
            str(number),
            f"{found.published_at:%Y-%m-%d %H:%M}",
            *(f"{figure:,}" for figure in figures),
            ", ".join(state),
        )
        before = found
    if before is None:
        console.print("No release yet. lakehouse build publishes one when every test has passed")
    else:
        console.print(listed)


def rollback(number: Number = None) -> None:
    """Go back to a release, until a build changes something; without a number: the one before."""
    from lakehouse.console import console
    from lakehouse.release.publish import roll_back

    found = roll_back(Lake.from_environment(), number)
    console.print(
        f"Release {found.number} of {found.published_at:%Y-%m-%d %H:%M} UTC is current. A "
        "build that changes something and passes publishes a new one"
    )


def diff(before: Number = None, after: Number = None) -> None:
    """Tell what two releases differ in; without numbers: the current one and the one before."""
    from lakehouse.console import console
    from lakehouse.release import publish, record
    from lakehouse.release.diff import differences

    lake = Lake.from_environment()
    first = record.find(lake, publish.before(lake) if before is None else before)
    last = record.require_current(lake) if after is None else record.find(lake, after)
    found = differences(lake, first, last)
    same = [difference.name for difference in found if difference.is_same]
    for difference in found:
        if not difference.is_same:
            _print_difference(difference)
    console.print(
        f"Release {first.number} → {last.number}: of {len(last.tables)} tables "
        f"{len(found) - len(same)} differ; {len(same)} were written again and are the same",
        markup=False,
    )


def maintain(
    keep: Annotated[
        int,
        typer.Option(help="How many of the newest releases stay, beside the current one.", min=1),
    ] = 10,
    retain_hours: Annotated[
        int, typer.Option(help="Files that left a table later stay, for open queries.", min=0)
    ] = 168,
) -> None:
    """Delete old releases and files that none needs, and write small files together."""
    from lakehouse.console import console, progress_bar
    from lakehouse.release.maintain import maintain as maintain_lake

    with progress_bar("Maintaining") as update:
        done = maintain_lake(Lake.from_environment(), keep, retain_hours, update)
    console.print(
        f"Deleted {len(done.deleted_releases)} releases and {done.deleted_count:,} files that no "
        f"kept one needs; wrote the small files of {len(done.compacted)} tables together"
    )


def tell_published(published: Published) -> None:
    """Prints what a publication did."""
    from lakehouse.console import console

    found = published.release
    if published.is_new:
        said = f": {len(found.tables)} tables, {len(published.changed)} of them changed"
    elif published.is_current:
        said = " is current: nothing has changed since"
    else:
        said = (
            " is what the tables are, and an earlier one was gone back to: that stays. To see this "
            f"one: lakehouse rollback {found.number}"
        )
    console.print(f"Release {found.number}{said}")


def _print_difference(difference: TableDifference) -> None:
    from lakehouse.console import console

    before, after = ("none" if n is None else f"{n:,}" for n in difference.row_counts)
    lines = [f"{difference.name}: {before} → {after} rows", *difference.columns]
    lines += [f"sum of {name}: {old} → {new}" for name, old, new in difference.sums]
    lines += _told("appeared", difference.appeared) + _told("vanished", difference.vanished)
    console.print("\n  ".join(lines), markup=False, highlight=False, soft_wrap=True)


def _told(what: str, keys: Keys | None) -> list[str]:
    if keys is None or not keys.count:
        return []
    more = " …" if keys.count > len(keys.examples) else ""
    return [f"{keys.count:,} keys {what}: {'; '.join(keys.examples)}{more}"]
