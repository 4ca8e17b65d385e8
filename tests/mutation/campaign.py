"""One small change of a model after another, and whether anybody notices."""

from __future__ import annotations

import json
import random
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.compiled import Model, UnitTest
from tests.mutation.engine import Engine, is_refused, spark_errors
from tests.mutation.mutators import Mutation, mutate, mutations

NOTICED, SURVIVED, EQUIVALENT, INVALID = "noticed", "survived", "equivalent", "invalid"
_REVIEWED = Path(__file__).parent / "equivalent.toml"


@dataclass(frozen=True)
class Mutant:
    """A model with one change."""

    model: str
    mutation: Mutation

    def __str__(self) -> str:
        """The model, the line of its compiled SQL, and the change."""
        return f"{self.model}:{self.mutation.line}: {self.mutation.change}"


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant.

    Attributes:
        verdict: `noticed`, `survived`, `equivalent` (no rows can tell it from the model) or
            `invalid` (Spark does not accept it).
        by: who noticed: `build`, `golden`, `unit test` or `data test`; or why it is equivalent.
        name: of the test or table that noticed.
    """

    mutant: Mutant
    verdict: str
    by: str = ""
    name: str = ""


def mutants_of(models: Iterable[Model]) -> list[Mutant]:
    """Every mutant of some models."""
    return [Mutant(m.name, mutation) for m in models for mutation in mutations(m.query)]


def chosen(mutants: Sequence[Mutant], limit: int, seed: int) -> list[Mutant]:
    """Some of the mutants, the same ones for the same seed: one of each model, the rest at random.

    Args:
        mutants: to choose from.
        limit: how many at most; one of each model is chosen even if these are more.
        seed: of the choice.
    """
    shuffled = random.Random(seed).sample(mutants, len(mutants))
    first = {mutant.model: mutant for mutant in reversed(shuffled)}
    rest = [mutant for mutant in shuffled if first[mutant.model] is not mutant]
    taken = [*first.values(), *rest[: max(0, limit - len(first))]]
    order = {id(mutant): place for place, mutant in enumerate(mutants)}
    return sorted(taken, key=lambda mutant: order[id(mutant)])


class Campaign:
    """Judges mutants on the golden lake."""

    def __init__(self, engine: Engine) -> None:
        """Takes the lake, and the reviewed list of changes that change nothing."""
        self._engine = engine
        self._reviewed = reviewed_equivalents()

    def run(
        self, mutants: Sequence[Mutant], told: Callable[[int, int, str], None]
    ) -> list[Outcome]:
        """What became of each mutant.

        Args:
            mutants: to judge.
            told: called before each one with how many are done, how many there are, and which.
        """
        outcomes = []
        for done, mutant in enumerate(mutants):
            told(done, len(mutants), mutant.model)
            outcomes.append(self.judge(mutant))
        return outcomes

    def judge(self, mutant: Mutant) -> Outcome:
        """What became of a mutant.

        Raises:
            ModelDiffersError: the engine does not agree with dbt on the unchanged model.
        """
        engine = self._engine
        model = engine.models[mutant.model]
        changed = mutate(model.query, mutant.mutation)
        unchanged = engine.original(model.name)
        try:
            rows = engine.run(changed)
        except spark_errors() as error:
            if is_refused(error):
                return Outcome(mutant, INVALID)
            return Outcome(mutant, NOTICED, "build", f"{model.name} fails")
        unit_test = self._failing_unit_test(mutant)
        if unit_test:
            return Outcome(mutant, NOTICED, "unit test", unit_test)
        if rows.contents() != unchanged.contents():
            for notice in engine.notices(model.name, rows):
                return Outcome(mutant, NOTICED, notice.by, notice.name)
        return self._survivor(mutant)

    def _failing_unit_test(self, mutant: Mutant) -> str | None:
        for test in self._engine.unit_tests_of(mutant.model):
            same = self._in_test(test, mutant)
            if same and self._engine.fails(test, mutate(test.query, same)):
                return test.name
        return None

    def _in_test(self, test: UnitTest, mutant: Mutant) -> Mutation | None:
        """The change in the model's SQL as a unit test compiled it.

        A test with variables of its own may have a tree of another shape: there the change is
        found by its text, if both have it equally often.
        """
        query = self._engine.models[mutant.model].query
        if [type(node) for node in test.query.walk()] == [type(node) for node in query.walk()]:
            return mutant.mutation
        here, there = (
            [m for m in mutations(tree) if m.change == mutant.mutation.change]
            for tree in (query, test.query)
        )
        return there[here.index(mutant.mutation)] if len(here) == len(there) else None

    def _survivor(self, mutant: Mutant) -> Outcome:
        query = self._engine.models[mutant.model].query
        if self._engine.same_plan(query, mutate(query, mutant.mutation)):
            return Outcome(mutant, EQUIVALENT, "the plan is the same")
        reason = self._reviewed.get((mutant.model, mutant.mutation.change))
        if reason:
            return Outcome(mutant, EQUIVALENT, reason)
        return Outcome(mutant, SURVIVED)


def reviewed_equivalents(path: Path = _REVIEWED) -> dict[tuple[str, str], str]:
    """Changes that somebody has looked at and that change nothing: (model, change) -> the reason.

    Raises:
        ValueError: one of them has no reason.
    """
    listed = tomllib.loads(path.read_text(encoding="utf-8")).get("equivalent", [])
    for entry in listed:
        if not entry.get("reason"):
            raise ValueError(f"{path}: {entry.get('model')}: {entry.get('change')} has no reason")
    return {(entry["model"], entry["change"]): entry["reason"] for entry in listed}


def survival_rate(outcomes: Iterable[Outcome]) -> float:
    """Survivors among the mutants that could have been noticed; 0 if there were none."""
    verdicts = Counter(outcome.verdict for outcome in outcomes)
    return verdicts[SURVIVED] / max(1, verdicts[SURVIVED] + verdicts[NOTICED])


def write_report(outcomes: Sequence[Outcome], folder: Path) -> Path:
    """Writes `mutants.md`, for people, and `mutants.json`, every mutant, to a folder.

    Returns:
        The path of `mutants.md`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries = [
        {
            "model": outcome.mutant.model,
            "line": outcome.mutant.mutation.line,
            "kind": outcome.mutant.mutation.kind,
            "change": outcome.mutant.mutation.change,
            "verdict": outcome.verdict,
            "by": outcome.by,
            "name": outcome.name,
        }
        for outcome in outcomes
    ]
    (folder / "mutants.json").write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n")
    report = folder / "mutants.md"
    report.write_text("\n".join(_report_lines(outcomes)) + "\n", encoding="utf-8")
    return report


def _report_lines(outcomes: Sequence[Outcome]) -> Iterable[str]:
    verdicts = Counter(outcome.verdict for outcome in outcomes)
    models = {outcome.mutant.model for outcome in outcomes}
    yield "# Mutants of the SQL"
    yield ""
    yield (
        f"{len(outcomes)} mutants of {len(models)} models: {verdicts[NOTICED]} noticed, "
        f"{verdicts[SURVIVED]} survived ({survival_rate(outcomes):.1%}), {verdicts[EQUIVALENT]} "
        f"equivalent, {verdicts[INVALID]} invalid."
    )
    yield ""
    yield "| kind of change | noticed | survived | equivalent | invalid |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for kind, counts in by_kind(outcomes).items():
        cells = [str(counts[v]) for v in (NOTICED, SURVIVED, EQUIVALENT, INVALID)]
        yield f"| {kind} | {' | '.join(cells)} |"
    yield ""
    yield "| noticed first by | mutants |"
    yield "| --- | ---: |"
    finders = Counter(outcome.by for outcome in outcomes if outcome.verdict == NOTICED)
    for finder, count in finders.most_common():
        yield f"| {finder} | {count} |"
    for title, verdict in (("Survivors", SURVIVED), ("Equivalent", EQUIVALENT)):
        yield ""
        yield f"## {title}"
        yield ""
        for outcome in outcomes:
            if outcome.verdict == verdict:
                reason = f" ({outcome.by})" if outcome.by else ""
                yield f"- `{outcome.mutant}`{reason}"


def by_kind(outcomes: Iterable[Outcome]) -> dict[str, Counter[str]]:
    """Kind of change -> how often each verdict, by name."""
    kinds: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        kinds.setdefault(outcome.mutant.mutation.kind, Counter())[outcome.verdict] += 1
    return dict(sorted(kinds.items()))
