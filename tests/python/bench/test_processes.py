"""What a command costs, with all that it leaves running."""

from __future__ import annotations

import subprocess
import sys

BUSY = "import time; start = time.process_time()\nwhile time.process_time() - start < 0.3: pass"
LEAVES = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]])"
MEASURED = """
import subprocess, sys
from pathlib import Path
from bench.processes import run_timed

leaves, busy = sys.argv[1:]
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
try:
    print(run_timed([sys.executable, "-c", leaves, busy], Path.cwd(), {})[1])
finally:
    other.kill()
"""


def test_what_a_command_leaves_running_counts_and_what_ran_before_is_not_waited_for() -> None:
    measured = subprocess.run(
        [sys.executable, "-c", MEASURED, LEAVES, BUSY],
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )
    assert float(measured.stdout) >= 0.3
