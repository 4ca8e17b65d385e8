"""`lakehouse docs`: the documentation of all tables."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from lakehouse.commands.build import UNSEEN, tell_error
from lakehouse.lake import Lake
from lakehouse.page_server import PageServer

PLACE = "<!-- release -->"


def docs(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("site/index.html"),
    serve: Annotated[
        bool,
        typer.Option("--serve", help="Then serve it to browsers on this machine, until Ctrl-C."),
    ] = False,
    port: Annotated[
        int, typer.Option(help="Of 127.0.0.1, to serve it at; 0 for any.", min=0, max=65535)
    ] = 8580,
) -> None:
    """Write the documentation of all tables as one static page."""
    if not serve:
        write_docs(Lake.from_environment(), out)
        return
    # A port that is taken is said before the page is made, which takes half a minute.
    with PageServer(out, port) as server:
        write_docs(Lake.from_environment(), out)
        show_page(server)


def with_overview(page: str, text: str) -> str:
    """The page with a text where `models/overview.md` has room for it.

    Args:
        page: as dbt writes it, with the overview inside JSON.
        text: Markdown.
    """
    return page.replace(PLACE, json.dumps(text)[1:-1].replace("</", "<\\/"))


def show_page(server: PageServer) -> None:
    """Serves the page until Ctrl-C, which is the way to end it."""
    from lakehouse.console import console

    console.print(f"{server.page} is at {server.address} until Ctrl-C", markup=False)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        console.print("Stopped")


def write_docs(lake: Lake, out: Path) -> None:
    """Writes the documentation of all tables as one static page, with what is released of them.

    Raises:
        LakehouseError: dbt could not generate it.
    """
    from lakehouse.console import console
    from lakehouse.release.record import current
    from lakehouse.release.text import release_text
    from lakehouse.session import PROJECT_DIR
    from lakehouse.transform import check, run_dbt

    check(run_dbt(lake, [*UNSEEN, "docs", "generate", "--static"], tell_error))
    target = Path(os.environ.get("DBT_TARGET_PATH") or PROJECT_DIR / "target")
    out.parent.mkdir(parents=True, exist_ok=True)
    page = (target / "static_index.html").read_text(encoding="utf-8")
    out.write_text(with_overview(page, release_text(current(lake))), encoding="utf-8")
    console.print(f"Wrote {out}", markup=False)
