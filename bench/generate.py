"""How fast the sample data is made, and in how much memory.

Run from the root of the repository: `python -m bench.generate`. Each shop is made at two scales,
each time in a process of its own and into a temporary folder. Prints the rows, the seconds, rows
and megabytes a second, and the peak of the resident memory.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCALES = {
    "rees46": (6.0, 24.0),
    "online_retail": (5.0, 20.0),
    "thelook": (5.0, 20.0),
    "shopping_trends": (50.0, 200.0),
}


def measure(shop: str, scale: float, workers: int | None) -> dict[str, float]:
    """Return rows, bytes, seconds and peak memory (bytes) of making one shop here and now."""
    from lakehouse.generate import generate

    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        files = generate(Path(folder), [shop], scale, workers=workers)
        took = time.perf_counter() - start
    return {
        "rows": sum(file.rows for file in files),
        "bytes": sum(file.bytes for file in files),
        "seconds": took,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def main() -> None:
    """Measure every shop, or one, and print a table."""
    parser = argparse.ArgumentParser(description="Speed and memory of the data generator.")
    parser.add_argument("--shop", choices=sorted(SCALES), help="only this shop")
    parser.add_argument("--scale", type=float, help="only this scale")
    parser.add_argument("--workers", type=int, help="threads; one per processor by default")
    parser.add_argument("--json", action="store_true", help="measure in this process, print JSON")
    chosen = parser.parse_args()
    if chosen.json:
        if chosen.shop is None or chosen.scale is None:
            parser.error("--json needs --shop and --scale")
        print(json.dumps(measure(chosen.shop, chosen.scale, chosen.workers)))
        return
    columns = ("shop", "scale", "rows", "seconds", "rows/s", "MB/s", "peak MB")
    print("{:<16}{:>7}{:>13}{:>9}{:>12}{:>8}{:>9}".format(*columns))
    for shop in [chosen.shop] if chosen.shop else list(SCALES):
        for scale in [chosen.scale] if chosen.scale else SCALES[shop]:
            command = [sys.executable, "-m", "bench.generate", "--json", "--shop", shop]
            command += ["--scale", str(scale)]
            if chosen.workers:
                command += ["--workers", str(chosen.workers)]
            run = subprocess.run(command, check=True, capture_output=True, text=True)
            took = json.loads(run.stdout)
            speed, volume = (took[unit] / took["seconds"] for unit in ("rows", "bytes"))
            print(
                f"{shop:<16}{scale:>7g}{took['rows']:>13,}{took['seconds']:>9.2f}{speed:>12,.0f}"
                f"{volume / 1e6:>8.0f}{took['peak'] / 1e6:>9.0f}"
            )


if __name__ == "__main__":
    main()
