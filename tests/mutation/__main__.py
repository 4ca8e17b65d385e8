"""Changes the SQL in small ways, one at a time, and reports what nobody notices: `make mutants`.

    python -m tests.mutation --limit 400 --seed 7
    python -m tests.mutation --model rpt_kpis --model int_orders --all

Builds the golden lake first. Ends with 1 if as many survive as the threshold says, or more. The
report is `target/mutants.md`, and every mutant is in `target/mutants.json`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from rich.table import Table

from lakehouse.console import console, progress_bar
from lakehouse.lake import Lake
from lakehouse.session import PROJECT_DIR, open_session
from tests.e2e.conftest import build_golden_lake
from tests.mutation.campaign import (
    EQUIVALENT,
    INVALID,
    NOTICED,
    SURVIVED,
    Campaign,
    Outcome,
    by_kind,
    chosen,
    mutants_of,
    survival_rate,
    write_report,
)
from tests.mutation.engine import Engine


def main() -> int:
    """Runs a campaign; returns the exit code."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spark = open_session(Lake.at(folder / "session_lake"), "mutants")
        console.print("building the golden lake …")
        golden = build_golden_lake(spark, folder)
        engine = Engine.of(spark, golden.compiled)
        unknown = set(options.model) - engine.models.keys()
        if unknown:
            sys.exit(f"no such model: {', '.join(sorted(unknown))}")
        names = options.model or list(engine.models)
        mutants = mutants_of(engine.models[name] for name in names)
        picked = mutants if options.all else chosen(mutants, options.limit, options.seed)
        console.print(f"{len(picked)} of {len(mutants)} possible mutants, seed {options.seed}")
        with progress_bar("mutants") as update:
            outcomes = Campaign(engine).run(picked, update)
        spark.stop()
    _show(outcomes)
    console.print(f"report: {write_report(outcomes, PROJECT_DIR / 'target')}", soft_wrap=True)
    return int(survival_rate(outcomes) >= options.threshold)


def _options() -> argparse.Namespace:
    assert __doc__
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--model", action="append", default=[], help="only this model (repeatable)")
    parser.add_argument("--limit", type=int, default=250, help="how many mutants (250)")
    parser.add_argument("--seed", type=int, default=1, help="of the choice of mutants (1)")
    parser.add_argument("--all", action="store_true", help="every mutant, whatever the limit")
    parser.add_argument(
        "--threshold", type=float, default=0.1, help="share of survivors that is too many (0.1)"
    )
    return parser.parse_args()


def _show(outcomes: list[Outcome]) -> None:
    verdicts = (NOTICED, SURVIVED, EQUIVALENT, INVALID)
    table = Table("kind of change", *verdicts, title="Mutants of the SQL", title_justify="left")
    for kind, counts in by_kind(outcomes).items():
        table.add_row(kind, *(str(counts[verdict]) for verdict in verdicts))
    total = Counter(outcome.verdict for outcome in outcomes)
    table.add_section()
    table.add_row("all", *(str(total[verdict]) for verdict in verdicts))
    console.print(table)
    for outcome in outcomes:
        if outcome.verdict == SURVIVED:
            console.print(f"survived: {outcome.mutant}", markup=False, soft_wrap=True)
    console.print(f"{survival_rate(outcomes):.1%} survived")


if __name__ == "__main__":
    sys.exit(main())
