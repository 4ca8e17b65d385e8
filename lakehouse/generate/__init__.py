"""Realistic sample data for shops, the same bytes for the same shop, scale and seed.

A generated shop is:

1. `catalogues/<shop>.yml`: what it sells, to whom, where and when, with the source of each table.
   A class in the shop's module lists the keys (`catalogue.read_catalogue` checks them).
2. `<shop>.py` with `SHOP`, `PLANTED_PAIRS`, `RESCUED_ROWS` and `plan(scale, seed)`, which cuts the
   shop into chunks, such as slices of time (`timeline`) or blocks of users. A chunk draws whole
   arrays from the generator of its own key (`seeds`), so it depends on no other chunk.
3. Where a chunk hands over the rows of a file, `texts.from_columns` takes its columns by header in
   the order of the file, each written by a function of `texts`, and the `Dirt` to plant in them.
4. An entry in `shops`. What does not fit into one module goes to `<shop>_<what>.py`.
"""

from lakehouse.generate.plan import PlantedPair
from lakehouse.generate.shops import PLANTED_PAIRS, RESCUED_ROWS, SHOPS, generate
from lakehouse.generate.write import GeneratedFile

__all__ = ["PLANTED_PAIRS", "RESCUED_ROWS", "SHOPS", "GeneratedFile", "PlantedPair", "generate"]
