"""The door to the generator: which shops there are, and `generate`."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from lakehouse.generate import online_retail, rees46, shopify, shopping_trends, thelook
from lakehouse.generate.plan import PlantedPair
from lakehouse.generate.write import GeneratedFile, Progress, write_shop

_MODULES = {
    module.SHOP: module for module in (online_retail, rees46, thelook, shopping_trends, shopify)
}
SHOPS: tuple[str, ...] = tuple(_MODULES)
"""The ids of the shops that can be generated."""

PLANTED_PAIRS: Mapping[str, tuple[PlantedPair, ...]] = {
    shop: module.PLANTED_PAIRS for shop, module in _MODULES.items()
}
"""By shop, the products that are bought together on purpose."""

RESCUED_ROWS: Mapping[str, Mapping[str, int]] = {
    shop: module.RESCUED_ROWS for shop, module in _MODULES.items()
}
"""By shop and file, how many rows do not fit the contract at scale 1 and above."""


def generate(
    out: Path,
    shops: Sequence[str],
    scale: float = 1.0,
    seed: int = 42,
    progress: Progress | None = None,
    *,
    rees46_rows: int | None = None,
    workers: int | None = None,
) -> list[GeneratedFile]:
    """Write the files of some shops to `out/<shop>/`, as the real shops deliver them.

    The same shop, scale and seed give the same bytes, whatever else is generated and however
    many workers there are. A file appears when it is complete, and replaces one of its name.

    Args:
        out: the folder above the shops' folders; made if it is not there.
        shops: ids out of SHOPS.
        scale: 1 is the size of the demo; row counts grow in proportion.
        seed: another seed gives other data; zero or more.
        progress: called after each chunk with the shop, the rows written and the rows expected.
        rees46_rows: how many rows the clickstream's files have together, in the place of the
            scale; `rees46.rows_for_bytes` turns a size in bytes into rows.
        workers: threads that make chunks; by default one per processor, at most 8.

    Returns:
        The files, shop by shop, with their rows and bytes.

    Raises:
        ValueError: an unknown shop, a scale that is not above zero, a seed below zero or fewer
            than two rows.
        OSError: a folder cannot be written to, or the disk is full.
    """
    unknown = [shop for shop in shops if shop not in SHOPS]
    if unknown:
        raise ValueError(
            f"no such shop to generate: {', '.join(unknown)}; there are {', '.join(SHOPS)}"
        )
    if not 0 < scale < float("inf"):
        raise ValueError(f"the scale must be a number above 0, not {scale}")
    if seed < 0:
        raise ValueError(f"the seed must be 0 or more, not {seed}")
    if rees46_rows is not None and rees46_rows < len(rees46.FILES):
        raise ValueError(f"the clickstream needs at least 2 rows, not {rees46_rows}")
    threads = min(8, os.cpu_count() or 1) if workers is None else workers
    files: list[GeneratedFile] = []
    for shop in dict.fromkeys(shops):
        if shop == rees46.SHOP:
            plan = rees46.plan(scale, seed, rees46_rows)
        else:
            plan = _MODULES[shop].plan(scale, seed)
        files += write_shop(plan, out / shop, threads, progress)
    return files
