"""What the docs say of the current release."""

from __future__ import annotations

from lakehouse.release.record import Release

# Helpers of reports: nobody has to read them.
_HELPER = "int_"


def release_text(release: Release | None) -> str:
    """The release, its tables, rows and tests, as Markdown."""
    if release is None:
        return (
            "## No release yet\n\nTables of gold may be untested, or of before and of now: "
            "`lakehouse build` publishes a release when every test has passed.\n"
        )
    lines = [
        f"## Release {release.number}",
        "",
        f"Published {release.published_at:%Y-%m-%d %H:%M} UTC: on exactly these rows, every model "
        f"was up to date and all {release.test_count:,} tests had passed.",
        "",
        "| table | rows | tests that read it, all passed |",
        "| --- | ---: | ---: |",
    ]
    lines += [
        f"| `{name}` | {table.row_count:,} | {table.test_count:,} |"
        for name, table in sorted(release.tables.items())
        if not name.startswith(_HELPER)
    ]
    return "\n".join(lines) + "\n"
