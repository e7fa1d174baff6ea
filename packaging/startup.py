"""How long starting takes, beside an empty window: the built program, and the checkout.

    python packaging/startup.py [--runs 7]

The first picture is what a person waits for; the program answers a little later, and what was
clicked or typed meanwhile is done then. Both programs tell when they were that far, by the clock
that all processes share.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from display import virtual_display

PROJECT = Path(__file__).resolve().parents[1]
_EMPTY = Path(__file__).with_name("empty_window.py")
_MEASURED = "--quit-after-show"


def measure_bundle(bundle: Path, work: Path, runs: int) -> str:
    """The built program beside an empty window that is frozen in the same way, as a sentence."""
    return _measured([str(build_empty(work))], [str(bundle / "unblur"), _MEASURED], runs)


def measure_checkout(runs: int) -> str:
    """The checkout beside an empty window of the same Python, as a sentence."""
    empty = [sys.executable, str(_EMPTY)]
    return _measured(empty, [sys.executable, "-m", "unblur", _MEASURED], runs)


def build_empty(work: Path) -> Path:
    """The empty window, frozen in the same way; its executable."""
    target = work / "empty"
    executable = target / "empty_window" / "empty_window"
    if not executable.exists() or executable.stat().st_mtime < _EMPTY.stat().st_mtime:
        folders = ["--distpath", str(target), "--workpath", str(target / "work")]
        folders += ["--specpath", str(target)]
        command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
        subprocess.run([*command, *folders, str(_EMPTY)], check=True)
    return executable


def _measured(empty: Sequence[str], unblur: Sequence[str], runs: int) -> str:
    """Both in turn and on one display, so that a busy machine disturbs both alike."""
    times: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as home, virtual_display() as display:
        variables = {**os.environ, "DISPLAY": display.name, "UNBLUR_HOME": home}
        variables["QT_QPA_PLATFORM"] = "xcb"
        # As installed: with bytecode, which the first run writes.
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        variables["PYTHONPYCACHEPREFIX"] = str(Path(home) / "bytecode")
        variables["PYTHONPATH"] = os.pathsep.join(str(PROJECT / part) for part in ("app", "models"))
        for _ in range(runs + 1):
            times["empty"].append(_seconds(empty, variables)["first picture"])
            for what, seconds in _seconds(unblur, variables).items():
                times[what].append(seconds)
    # The first of each warms the disk.
    median = {what: statistics.median(each[1:]) for what, each in times.items()}
    return (
        f"first picture after {median['first picture']:.2f} s, answering after "
        f"{median['answering']:.2f} s; an empty window is there after {median['empty']:.2f} s: "
        f"{median['first picture'] / median['empty']:.2f} times (medians of {runs})"
    )


def _seconds(command: Sequence[str], variables: Mapping[str, str]) -> dict[str, float]:
    """What the program told of itself, in seconds since its start."""
    start = time.monotonic()
    done = subprocess.run(command, env=variables, check=True, capture_output=True, text=True)
    told = (line.rpartition(" ") for line in done.stdout.splitlines())
    return {what: float(clock) - start for what, _, clock in told}


def main() -> None:
    """Measure the checkout, which needs no build."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    print(f"checkout: {measure_checkout(parser.parse_args().runs)}")


if __name__ == "__main__":
    main()
