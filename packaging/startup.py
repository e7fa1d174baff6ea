"""How long the built program takes to its first picture, beside an empty frozen window."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from display import virtual_display

_EMPTY = Path(__file__).with_name("empty_window.py")


def measure(bundle: Path, work: Path, runs: int) -> str:
    """The medians of both in seconds and their ratio, as a sentence."""
    empty = build_empty(work)
    times: dict[str, list[float]] = {"empty": [], "unblur": []}
    with tempfile.TemporaryDirectory() as home, virtual_display() as display:
        variables = {**os.environ, "DISPLAY": display.name, "UNBLUR_HOME": home}
        variables["QT_QPA_PLATFORM"] = "xcb"
        for _ in range(runs + 1):  # in turn, so that a busy machine disturbs both alike
            times["empty"].append(_seconds([str(empty)], variables))
            unblur = [str(bundle / "unblur"), "--quit-after-show"]
            times["unblur"].append(_seconds(unblur, variables))
    # The first of each warms the disk.
    medians = {name: statistics.median(each[1:]) for name, each in times.items()}
    ratio = medians["unblur"] / medians["empty"]
    return (
        f"first picture after {medians['unblur']:.2f} s; an empty frozen window takes "
        f"{medians['empty']:.2f} s: {ratio:.2f} times (medians of {runs})"
    )


def build_empty(work: Path) -> Path:
    """The empty window, frozen in the same way; its executable."""
    target = work / "empty"
    executable = target / "empty_window" / "empty_window"
    if not executable.exists():
        folders = ["--distpath", str(target), "--workpath", str(target / "work")]
        folders += ["--specpath", str(target)]
        command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
        subprocess.run([*command, *folders, str(_EMPTY)], check=True)
    return executable


def _seconds(command: list[str], variables: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, env=variables, check=True)
    return time.perf_counter() - start
