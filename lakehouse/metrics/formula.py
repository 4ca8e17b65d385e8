"""The formula of a derived metric: its names become figures, its divisions cannot fail."""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOKEN = re.compile(r"'(?:[^']|'')*'|[A-Za-z_]\w*|\d+(?:\.\d+)?|\s+|.")
_DIVISIONS = ("/", "%")


def substituted(formula: str, figures: Mapping[str, str]) -> str:
    """The formula with figures for names; what divides is null where it is 0.

    Where anything is divided, figures are doubles, so that no engine divides whole numbers or
    rounds decimals in its own way.

    Args:
        formula: SQL over names, e.g. `(a - b) / c`.
        figures: name -> SQL.
    """
    tokens = _TOKEN.findall(formula)
    divides = any(token in _DIVISIONS for token in tokens)
    shape = "cast({} as double)" if divides else "({})"
    known = {
        name: sql if sql.isidentifier() and not divides else shape.format(sql)
        for name, sql in figures.items()
    }
    return _guarded([known.get(token, token) for token in tokens])


def _guarded(tokens: list[str]) -> str:
    """The tokens, joined, with every divisor in `nullif(…, 0)`."""
    said = ""
    at = 0
    while at < len(tokens):
        said += tokens[at]
        if tokens[at] in _DIVISIONS:
            start = _skip_space(tokens, at + 1)
            end = _operand_end(tokens, start)
            said += f" nullif({_guarded(tokens[start:end])}, 0)"
            at = end
        else:
            at += 1
    return said


def _operand_end(tokens: list[str], start: int) -> int:
    """Where the operand that starts there ends: a sign, a name, a call, what stands in brackets."""
    at = start
    while at < len(tokens) and tokens[at] in "+-":
        at = _skip_space(tokens, at + 1)
    if at < len(tokens) and tokens[at] != "(":
        after = _skip_space(tokens, at + 1)
        if after >= len(tokens) or tokens[after] != "(":
            return at + 1
        at = after
    depth = 0
    while at < len(tokens):
        depth += (tokens[at] == "(") - (tokens[at] == ")")
        at += 1
        if depth == 0:
            break
    return at


def _skip_space(tokens: list[str], at: int) -> int:
    while at < len(tokens) and tokens[at].isspace():
        at += 1
    return at
