"""`lakehouse train`: fits models on the features of gold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from lakehouse.lake import Lake

if TYPE_CHECKING:
    from ml.runs import Run


def train(
    models: Annotated[
        list[str] | None, typer.Argument(help="E.g. segments. Without: all of them.")
    ] = None,
    shop: Annotated[list[str] | None, typer.Option(help="Only this shop; more: again.")] = None,
) -> None:
    """Train models on gold, and decide by their rule what serves: the model or its baseline."""
    train_models(Lake.from_environment(), models or [], shop or [])


def train_models(lake: Lake, names: Sequence[str] = (), shop_ids: Sequence[str] = ()) -> None:
    """Trains models, all where none is named, and tells of each.

    Raises:
        LakehouseError: gold was not built, a name is unknown, a model that was named needs what is
            not installed, or another process writes.
    """
    from lakehouse.console import console, progress_bar
    from lakehouse.session import open_session
    from ml.catalogue import trainable
    from ml.training import train

    chosen = trainable(names)
    done: list[Run] = []
    with progress_bar("Training") as update:

        def tell(run: Run) -> None:
            done.append(run)
            update(len(done), 0, f"{run.model} {run.shop_id}")
            console.print(
                f"{run.model} {run.shop_id}: {run.serves} serves. {run.reason}", markup=False
            )

        train(open_session(lake), lake, chosen, shop_ids, tell)
