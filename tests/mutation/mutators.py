"""Small faults of SQL, one at a time: what a tired author might have written instead.

A mutator looks at one node of a query's tree and offers nodes to put in its place. Names of kinds
are what the report counts by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from sqlglot import exp

from tests.mutation.query import render

Offer = tuple[str, exp.Expr]
Mutator = Callable[[exp.Expr], Iterator[Offer]]

# Operators and functions that take the same arguments: what each is mistaken for.
_MISTAKEN: dict[type[exp.Expr], tuple[str, tuple[type[exp.Expr], ...]]] = {
    exp.EQ: ("comparison", (exp.NEQ,)),
    exp.NEQ: ("comparison", (exp.EQ,)),
    exp.NullSafeEQ: ("comparison", (exp.EQ,)),
    exp.LT: ("comparison", (exp.LTE, exp.GTE)),
    exp.LTE: ("comparison", (exp.LT, exp.GT)),
    exp.GT: ("comparison", (exp.GTE, exp.LTE)),
    exp.GTE: ("comparison", (exp.GT, exp.LT)),
    exp.Add: ("arithmetic", (exp.Sub,)),
    exp.Sub: ("arithmetic", (exp.Add,)),
    exp.Mul: ("arithmetic", (exp.Div,)),
    exp.Div: ("arithmetic", (exp.Mul,)),
    exp.SafeDivide: ("arithmetic", (exp.Mul,)),
    exp.And: ("and or", (exp.Or,)),
    exp.Or: ("and or", (exp.And,)),
    exp.Sum: ("aggregate", (exp.Max,)),
    exp.Avg: ("aggregate", (exp.Max,)),
    exp.Min: ("aggregate", (exp.Max,)),
    exp.Max: ("aggregate", (exp.Min,)),
    exp.ArgMin: ("aggregate", (exp.ArgMax,)),
    exp.ArgMax: ("aggregate", (exp.ArgMin,)),
    exp.StddevPop: ("aggregate", (exp.StddevSamp,)),
    exp.StddevSamp: ("aggregate", (exp.StddevPop,)),
    exp.LogicalAnd: ("aggregate", (exp.LogicalOr,)),
    exp.LogicalOr: ("aggregate", (exp.LogicalAnd,)),
    exp.Least: ("function", (exp.Greatest,)),
    exp.Greatest: ("function", (exp.Least,)),
    exp.Floor: ("function", (exp.Ceil,)),
    exp.Ceil: ("function", (exp.Floor,)),
    exp.RowNumber: ("rank", (exp.Rank,)),
    exp.Rank: ("rank", (exp.DenseRank, exp.RowNumber)),
    exp.DenseRank: ("rank", (exp.Rank,)),
    exp.Lag: ("rank", (exp.Lead,)),
    exp.Lead: ("rank", (exp.Lag,)),
    exp.Year: ("date part", (exp.Month,)),
    exp.Quarter: ("date part", (exp.Month,)),
    exp.Month: ("date part", (exp.Year,)),
    exp.Day: ("date part", (exp.Month,)),
}

# What does something to one argument: without it, the argument is left.
_WRAPPERS = (exp.Abs, exp.Floor, exp.Ceil, exp.Lower, exp.Upper, exp.Trim, exp.Nullif, exp.Neg)

_COARSER = {"DAY": "MONTH", "WEEK": "MONTH", "MONTH": "YEAR", "MM": "YEAR", "QUARTER": "YEAR"}


def _mistaken(node: exp.Expr) -> Iterator[Offer]:
    kind, others = _MISTAKEN.get(type(node), ("", ()))
    for other in others:
        yield kind, other(**{name: _copy(value) for name, value in node.args.items()})


def _conjunct_lost(node: exp.Expr) -> Iterator[Offer]:
    if isinstance(node, exp.And | exp.Or):
        yield "condition lost", node.left.copy()
        yield "condition lost", node.right.copy()


def _clause_lost(node: exp.Expr) -> Iterator[Offer]:
    # With several conditions, each is lost by itself above.
    if isinstance(node, exp.Where | exp.Having) and not isinstance(node.this, exp.And):
        yield "condition lost", type(node)(this=exp.true())


def _negation(node: exp.Expr) -> Iterator[Offer]:
    if isinstance(node, exp.Not):
        yield "negation", node.this.copy()
    elif isinstance(node, exp.Is | exp.In | exp.Between | exp.Like | exp.RegexpLike):
        if not isinstance(node.parent, exp.Not):
            yield "negation", exp.Not(this=node.copy())
    elif isinstance(node, exp.Boolean):
        yield "constant", exp.Boolean(this=not node.this)


def _join(node: exp.Expr) -> Iterator[Offer]:
    if not isinstance(node, exp.Join) or node.kind.upper() in ("CROSS", "SEMI", "ANTI"):
        return
    for side in {"LEFT": [""], "": ["LEFT"], "FULL": ["LEFT", "RIGHT"]}.get(node.side.upper(), []):
        joined = node.copy()
        joined.set("side", side or None)
        joined.set("kind", None if side else "INNER")
        yield "join", joined


def _distinct(node: exp.Expr) -> Iterator[Offer]:
    if isinstance(node, exp.Select) and node.args.get("distinct"):
        repeated = node.copy()
        repeated.set("distinct", None)
        yield "distinct", repeated
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct):
        if len(node.this.expressions) == 1:
            yield "distinct", exp.Count(this=node.this.expressions[0].copy())
    elif isinstance(node, exp.Count | exp.CountIf) and not isinstance(node.this, exp.Star):
        yield "aggregate", exp.Count(this=exp.Star())


def _union(node: exp.Expr) -> Iterator[Offer]:
    if not isinstance(node, exp.Union):
        return
    for branch in (node.left, node.right):
        kept = branch.copy()
        if node.args.get("with_") and not kept.args.get("with_"):
            kept.set("with_", node.args["with_"].copy())
        yield "union branch", kept
    other = node.copy()
    other.set("distinct", not node.args.get("distinct"))
    yield "distinct", other


def _window(node: exp.Expr) -> Iterator[Offer]:
    if isinstance(node, exp.Ordered) and node.find_ancestor(exp.Window):
        turned = node.copy()
        turned.set("desc", not node.args.get("desc"))
        turned.set("nulls_first", not node.args.get("nulls_first"))
        yield "window order", turned
    if isinstance(node, exp.Window):
        keys = node.args.get("partition_by") or []
        for lost in range(len(keys)):
            wider = node.copy()
            wider.set("partition_by", [k.copy() for i, k in enumerate(keys) if i != lost])
            yield "window partition", wider
        if node.args.get("spec"):
            frameless = node.copy()
            frameless.set("spec", None)
            yield "window frame", frameless


def _default(node: exp.Expr) -> Iterator[Offer]:
    if isinstance(node, exp.Coalesce) and node.expressions:
        yield "default", node.this.copy()
        yield "default", node.expressions[-1].copy()


def _branch(node: exp.Expr) -> Iterator[Offer]:
    if isinstance(node, exp.Case):
        branches = node.args["ifs"]
        for lost in range(len(branches)):
            if len(branches) > 1:
                shorter = node.copy()
                shorter.set("ifs", [b.copy() for i, b in enumerate(branches) if i != lost])
                yield "case branch", shorter
        for first in range(len(branches) - 1):
            swapped = node.copy()
            ifs = swapped.args["ifs"]
            one, two = ifs[first].args["true"], ifs[first + 1].args["true"]
            ifs[first].set("true", two.copy())
            ifs[first + 1].set("true", one.copy())
            yield "case branch", swapped
        if node.args.get("default"):
            without = node.copy()
            without.set("default", None)
            yield "case branch", without
    elif isinstance(node, exp.If) and not isinstance(node.parent, exp.Case):
        yield "case branch", node.args["true"].copy()
        if node.args.get("false"):
            yield "case branch", node.args["false"].copy()


def _constant(node: exp.Expr) -> Iterator[Offer]:
    if not isinstance(node, exp.Literal) or node.find_ancestor(exp.DataType, exp.Group):
        return
    if node.arg_key == "unit":
        return
    if isinstance(node.parent, exp.Interval):
        yield "constant", exp.Literal.string(str(int(node.name) + 1))
    elif node.is_string:
        yield "constant", exp.Literal.string(f"{node.name}_")
    elif "." in node.name:
        yield "constant", exp.Literal.number(str(Decimal(node.name) / 2))
    else:
        yield "constant", exp.Literal.number(0 if node.name == "1" else int(node.name) + 1)


def _date_part(node: exp.Expr) -> Iterator[Offer]:
    if isinstance(node, exp.DateTrunc | exp.TimestampTrunc):
        coarser = node.copy()
        unit = coarser.args["unit"]
        unit.set("this", _COARSER.get(unit.name.upper(), "DAY"))
        yield "date part", coarser


def _element_lost(node: exp.Expr) -> Iterator[Offer]:
    if isinstance(node, exp.In) and len(node.expressions) > 1:
        for lost in range(len(node.expressions)):
            fewer = node.copy()
            fewer.set("expressions", [e for i, e in enumerate(fewer.expressions) if i != lost])
            yield "list element", fewer
    if isinstance(node, exp.Between):
        low, high = node.args["low"].copy(), node.args["high"].copy()
        yield "condition lost", exp.GTE(this=node.this.copy(), expression=low)
        yield "condition lost", exp.LTE(this=node.this.copy(), expression=high)


def _wrapper_lost(node: exp.Expr) -> Iterator[Offer]:
    if isinstance(node, _WRAPPERS):
        yield "function lost", node.this.copy()


_MUTATORS: tuple[Mutator, ...] = (
    _mistaken,
    _conjunct_lost,
    _clause_lost,
    _negation,
    _join,
    _distinct,
    _union,
    _window,
    _default,
    _branch,
    _constant,
    _date_part,
    _element_lost,
    _wrapper_lost,
)


@dataclass(frozen=True)
class Mutation:
    """One change of a query.

    Attributes:
        kind: what was changed, e.g. `join` or `constant`.
        position: where: the number of the node in a depth-first walk of the query's tree.
        variant: which of the changes that the node offers.
        line: the line of the SQL text near which it is; 0 if the tree does not know.
        change: what the change does to the text, e.g. `a [< → <=] b`.
    """

    kind: str
    position: int
    variant: int
    line: int
    change: str


def mutations(query: exp.Expr) -> list[Mutation]:
    """Every single change that the mutators know to make to a query, in the order of its text."""
    found = []
    for position, node in enumerate(query.walk(bfs=False)):
        before = None
        for variant, (kind, after) in enumerate(_offers(node)):
            before = before or render(node)
            found.append(
                Mutation(kind, position, variant, _line(node), _difference(before, render(after)))
            )
    return found


def mutate(query: exp.Expr, mutation: Mutation) -> exp.Expr:
    """A copy of a query with one change made to it.

    Raises:
        LookupError: the query has nothing at that place that could be changed so.
    """
    mutant = query.copy()
    for position, node in enumerate(mutant.walk(bfs=False)):
        if position == mutation.position:
            kind, after = dict(enumerate(_offers(node))).get(mutation.variant, ("", node))
            if kind != mutation.kind:
                break
            if node is mutant:
                return after
            node.replace(after)
            return mutant
    raise LookupError(f"nothing to change so: {mutation}")


def _offers(node: exp.Expr) -> Iterator[Offer]:
    for mutator in _MUTATORS:
        yield from mutator(node)


def _copy(value: object) -> object:
    if isinstance(value, exp.Expr):
        return value.copy()
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _line(node: exp.Expr) -> int:
    """The first line that any part of a node remembers, or else its nearest parent."""
    while True:
        lines = [line for part in node.walk() if (line := part.meta.get("line"))]
        if lines or node.parent is None:
            return min(lines, default=0)
        node = node.parent


def _difference(before: str, after: str, context: int = 40) -> str:
    """Two texts as one: what they share at both ends, and between brackets what differs."""
    old, new = before.split(" "), after.split(" ")
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    head, tail = " ".join(old[:start]), " ".join(old[len(old) - end :])
    middle = " → ".join(
        _shortened(" ".join(words[start : len(words) - end])) or "∅" for words in (old, new)
    )
    head = head if len(head) <= context else f"…{head[-context:]}"
    tail = tail if len(tail) <= context else f"{tail[:context]}…"
    return f"{head} [{middle}] {tail}".strip()


def _shared(one: list[str], two: list[str]) -> int:
    """How many words two lists share at their start."""
    return next(
        (i for i, (a, b) in enumerate(zip_longest(one, two)) if a != b), min(len(one), len(two))
    )


def _shortened(text: str, length: int = 90) -> str:
    return text if len(text) <= length else f"{text[: length // 2]} … {text[-length // 2 :]}"
