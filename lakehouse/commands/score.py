"""`lakehouse score`: predictions of what serves, into the ml layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from lakehouse.lake import Lake


def score(
    models: Annotated[
        list[str] | None, typer.Argument(help="E.g. segments. Without: all that were trained.")
    ] = None,
    shop: Annotated[list[str] | None, typer.Option(help="Only this shop; more: again.")] = None,
) -> None:
    """Write what the trained models say of customers, products and days; gold shows it."""
    from lakehouse.console import console

    score_models(Lake.from_environment(), models or [], shop or [])
    console.print("To see it in gold: lakehouse build --changed")


def score_models(lake: Lake, names: Sequence[str] = (), shop_ids: Sequence[str] = ()) -> None:
    """Scores with all that was trained, or with the models named, and tells of each.

    Raises:
        LakehouseError: nothing was trained, a name is unknown, or another process
            writes.
    """
    from lakehouse.console import console, progress_bar
    from lakehouse.session import open_session
    from ml.catalogue import models
    from ml.runs import Serves, latest_runs
    from ml.scoring import Scored, score

    trained = {model for model, _ in latest_runs(lake)}
    # Without names it is all that were trained: not every lake has a shop for every model.
    chosen = [model for model in models(names) if names or not trained or model.name in trained]
    done: list[Scored] = []
    with progress_bar("Scoring") as update:

        def tell(scored: Scored) -> None:
            done.append(scored)
            update(len(done), 0, f"{scored.model} {scored.shop_id}")
            rows = ", ".join(f"{n:,} {table}" for table, n in scored.row_counts.items())
            why = f". {scored.reason}" if scored.serves is Serves.NOTHING else ""
            told = f"{rows or 'nothing new to score'}{why}"
            console.print(f"{scored.model} {scored.shop_id}: {told}", markup=False)

        score(open_session(lake), lake, chosen, shop_ids, tell)
