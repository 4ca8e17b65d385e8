"""Whether processes that use Spark and read tables without it end as they should.

    python -m bench.exits --runs 20

Each run is a process of its own: it writes a table with Spark, reads it with the light reader
(`lakehouse.reading`) and ends. `--handler` reads through deltalake's own file system instead, which
calls Python from pyarrow's threads: such a process may be aborted while its interpreter ends. The
exit code is 1 if a run did not end with 0.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from lakehouse.lake import Lake

FILES = 64
ROWS = 1000


def use_and_read(root: str, handler: bool) -> None:
    """Writes a table of many files with Spark, reads it without, and ends."""
    from deltalake import DeltaTable

    from lakehouse.reading import read_table
    from lakehouse.session import open_session

    lake = Lake.at(root)
    path = lake.path("gold", "numbers")
    rows = open_session(lake).range(ROWS).selectExpr("id", "uuid() as text").repartition(FILES)
    rows.write.format("delta").save(path)
    table = DeltaTable(path).to_pyarrow_table() if handler else read_table(lake, "gold", "numbers")
    assert table.num_rows == ROWS, table.num_rows


def exit_codes(runs: int, handler: bool = False) -> list[int]:
    """How each of that many processes ended: 0, or the negative number of a signal."""
    # PySpark's own variables would tie the child to this process's JVM.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYSPARK", "SPARK"))}
    codes = []
    for run in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "bench.exits", "--root", str(Path(folder, "lake"))]
            answer = subprocess.run(
                command + ["--handler"] * handler, env=environment, capture_output=True, text=True
            )
        codes.append(answer.returncode)
        last = answer.stderr.strip().rpartition("\n")[2]
        print(f"run {run + 1}: exit {answer.returncode} {last}", flush=True)
    return codes


def main() -> None:
    """Runs the processes, or is one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--handler", action="store_true", help="read through deltalake's handler")
    parser.add_argument("--root", help="be one run, on the lake at this folder")
    chosen = parser.parse_args()
    if chosen.root:
        use_and_read(chosen.root, chosen.handler)
        return
    codes = Counter(exit_codes(chosen.runs, chosen.handler))
    print(", ".join(f"exit {code}: {count}" for code, count in sorted(codes.items())))
    sys.exit(set(codes) != {0})


if __name__ == "__main__":
    main()
