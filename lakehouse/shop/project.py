"""A shop's place in the project: its files, its row among the shops, its entry in the vars."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

import yaml

from lakehouse.contracts.dbt_sources import sources_yaml
from lakehouse.contracts.model import Contract
from lakehouse.errors import LakehouseError
from lakehouse.session import PROJECT_DIR
from lakehouse.shop.contract import contract_text
from lakehouse.shop.models import conformed_entities, shop_models
from lakehouse.shop.proposal import ProposedShop

# An entry of the var `shops`: its name two steps in, what it has below, deeper.
_SHOPS = re.compile(r"(?<=\nvars:\n)(?:.*\n)*?  shops:\n(?P<entries>(?:    .*\n)+)")


def add_shop(
    shop: ProposedShop, project_dir: Path = PROJECT_DIR, *, force: bool = False
) -> list[Path]:
    """Writes a shop's files into the project and names it there.

    Args:
        shop: what to write.
        project_dir: the checkout.
        force: files of the shop that are there already are replaced.

    Returns:
        The files written or changed.

    Raises:
        LakehouseError: this is no checkout, or the shop has files already; nothing is written then.
    """
    require_checkout(project_dir)
    text = contract_text(shop)
    contract = Contract.model_validate(yaml.safe_load(text))
    models = project_dir / "models" / "silver"
    staging = models / "staging" / shop.shop_id
    texts = {
        contract_file(project_dir, shop.shop_id): text,
        staging / f"_{shop.shop_id}__sources.yml": sources_yaml(contract),
        **{models / place: text for place, text in shop_models(shop).items()},
    }
    there = [path for path in texts if path.exists()]
    if there and not force:
        raise LakehouseError(
            f"{there[0].relative_to(project_dir)} is there already: choose another name, or "
            "replace the shop's files with --force."
        )
    for path, content in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return [*texts, *_name_shop(shop, project_dir)]


def remove_shop(shop_id: str, project_dir: Path = PROJECT_DIR) -> list[Path]:
    """Takes a shop out of the project: the next build has no rows of it.

    Returns:
        What was removed or changed.

    Raises:
        LakehouseError: this is no checkout, or it has no such shop.
    """
    require_checkout(project_dir)
    seed, project = project_dir / "seeds" / "shops.csv", project_dir / "dbt_project.yml"
    silver = project_dir / "models" / "silver"
    places = [
        contract_file(project_dir, shop_id),
        silver / "staging" / shop_id,
        silver / "conformed" / "shops" / shop_id,
    ]
    there = [place for place in places if place.exists()]
    if not re.fullmatch(r"\w+", shop_id) or not there:
        raise LakehouseError(f"The project has no shop {shop_id!r}.")
    for place in there:
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    lines = seed.read_text(encoding="utf-8").splitlines(keepends=True)
    _write(seed, "".join(line for line in lines if not line.startswith(f"{shop_id},")))
    _write(project, _without_entry(project.read_text(encoding="utf-8"), shop_id))
    return [*there, seed, project]


def contract_file(project_dir: Path, shop_id: str) -> Path:
    """Where the contract of a shop stands."""
    return project_dir / "lakehouse" / "contracts" / f"{shop_id}.yml"


def require_checkout(project_dir: Path) -> None:
    """Refuses an installed package.

    Raises:
        LakehouseError: there is no project to write to.
    """
    if not (project_dir / "lakehouse" / "contracts").is_dir():
        raise LakehouseError(
            "An installed lakehouse has no project to write to: clone its repository, and run "
            "lakehouse shop there."
        )


def _name_shop(shop: ProposedShop, project_dir: Path) -> list[Path]:
    """Adds, or replaces, the shop's row among the shops and its entry in the vars."""
    seed, project = project_dir / "seeds" / "shops.csv", project_dir / "dbt_project.yml"
    row = io.StringIO()
    has_dates = "true" if shop.has_order_dates else "false"
    csv.writer(row, lineterminator="\n").writerow(
        [shop.shop_id, shop.shop_name, shop.currency, has_dates]
    )
    lines = seed.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(f"{shop.shop_id},")]
    _write(seed, "".join(kept) + row.getvalue())
    text = _without_entry(project.read_text(encoding="utf-8"), shop.shop_id)
    found = _SHOPS.search(text)
    if found is None:
        raise LakehouseError(f"{project} has no `vars:` that begin with `shops:`; name it by hand.")
    entry = (
        f"    {shop.shop_id}:\n"
        f"      bronze: [{', '.join(table.name for table in shop.tables)}]\n"
        f"      conformed: [{', '.join(conformed_entities(shop))}]\n"
    )
    end = found.end("entries")
    _write(project, text[:end] + entry + text[end:])
    return [seed, project]


def _without_entry(text: str, shop_id: str) -> str:
    found = _SHOPS.search(text)
    if found is None:
        return text
    entry = rf"^    {re.escape(shop_id)}:.*\n(?:      .*\n)*"
    entries = re.sub(entry, "", found["entries"], flags=re.MULTILINE)
    return text[: found.start("entries")] + entries + text[found.end("entries") :]


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
