"""Realistic sample data for shops, the same bytes for the same shop, scale and seed."""

from lakehouse.generate.plan import PlantedPair
from lakehouse.generate.shops import PLANTED_PAIRS, RESCUED_ROWS, SHOPS, generate
from lakehouse.generate.write import GeneratedFile

__all__ = ["PLANTED_PAIRS", "RESCUED_ROWS", "SHOPS", "GeneratedFile", "PlantedPair", "generate"]
