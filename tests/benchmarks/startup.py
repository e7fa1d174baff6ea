"""From the start of the process to the first picture of the window, and out again.

    python tests/benchmarks/startup.py [--runs 7]

Both programs show a window, wait for its first paint and quit, in turn and on the same
display, so that a busy machine disturbs both alike. The first run of each warms the disk.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def seconds_of(command: list[str], environment: dict[str, str]) -> float:
    """Wall time of one run, which must end well."""
    start = time.perf_counter()
    subprocess.run(command, env=environment, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Print the medians and their ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    root = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "UNBLUR_HOME": home}
        # As installed: with bytecode, which the first run writes.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = str(Path(home) / "bytecode")
        environment["PYTHONPATH"] = os.pathsep.join(str(root / part) for part in ("app", "models"))
        empty = [sys.executable, str(root / "packaging" / "empty_window.py")]
        unblur = [sys.executable, "-m", "unblur", "--quit-after-show"]
        times: dict[str, list[float]] = {"empty": [], "unblur": []}
        for _ in range(runs + 1):
            times["empty"].append(seconds_of(empty, environment))
            times["unblur"].append(seconds_of(unblur, environment))
    medians = {name: statistics.median(values[1:]) for name, values in times.items()}
    platform = os.environ.get("QT_QPA_PLATFORM", "the default platform")
    for name, values in times.items():
        best = min(values[1:])
        sys.stdout.write(f"{name:>7}: {medians[name]:.2f} s (best {best:.2f} s) on {platform}\n")
    sys.stdout.write(f"  ratio: {medians['unblur'] / medians['empty']:.2f}\n")


if __name__ == "__main__":
    main()
