"""Whether groups differ by more than chance makes them."""

from __future__ import annotations

import math
from collections.abc import Sequence

# Standard normal: 5% lie above it, and 5% outside of both ends.
ONE_SIDED = 1.6449
TWO_SIDED = 1.96


def differ(counts: Sequence[Sequence[int]]) -> bool | None:
    """Whether the rows of a table of counts divide differently over its columns (5%).

    Pearson's chi-square test, its critical value by Wilson and Hilferty's approximation. None where
    there is nothing to compare, or by Cochran's rule too little: a count of less than 1 is expected
    somewhere, or one of less than 5 in more than a fifth of the cells.
    """
    columns = [sum(column) for column in zip(*counts, strict=True)]
    whole = sum(columns)
    cells = [
        (count, sum(row) * column / whole)
        for row in counts
        if sum(row)
        for count, column in zip(row, columns, strict=True)
        if column
    ]
    filled = sum(any(row) for row in counts), sum(map(bool, columns))
    if min(filled) < 2:
        return None
    few = sum(expected < 5 for _, expected in cells)
    if few > len(cells) / 5 or min(expected for _, expected in cells) < 1:
        return None
    statistic = math.fsum((count - expected) ** 2 / expected for count, expected in cells)
    freedom = (filled[0] - 1) * (filled[1] - 1)
    narrow = 2 / (9 * freedom)
    critical = freedom * (1 - narrow + ONE_SIDED * math.sqrt(narrow)) ** 3
    # With one degree of freedom it is the square of a normal one: there the approximation is poor.
    return statistic > (TWO_SIDED**2 if freedom == 1 else critical)


def means_differ(first: tuple[float, float, int], second: tuple[float, float, int]) -> bool | None:
    """Whether two means (mean, standard deviation, count) differ (5%); None of single values."""
    (mean_a, spread_a, count_a), (mean_b, spread_b, count_b) = first, second
    if min(count_a, count_b) < 2:
        return None
    error = math.sqrt(spread_a**2 / count_a + spread_b**2 / count_b)
    return abs(mean_a - mean_b) > TWO_SIDED * error
