"""Every check of the project, in order; pytest comes last, so its closing line is the last."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from environment import PROJECT, Environment

Run = Callable[[Sequence[str], Mapping[str, str]], int]
# Passed, some failed, nothing was collected: pytest has said so itself.
_PYTEST_ENDINGS = (0, 1, 5)
# Two processes, each file in one of them, so that what a file shares is made once. A later
# `-n 0` among the arguments goes back to one: for --pdb, or where memory or a GPU is scarce.
_BESIDE_EACH_OTHER = ("-n", "2", "--dist", "loadfile")


@dataclass(frozen=True)
class Check:
    """One step. `variables` are added to the environment."""

    name: str
    command: tuple[str, ...]
    variables: tuple[tuple[str, str], ...] = ()


def planned(environment: Environment, pytest_arguments: Sequence[str]) -> tuple[Check, ...]:
    """The steps, in the order in which they run."""
    python = str(environment.python)
    setup = ("packaging/bootstrap.py", "packaging/checks.py")
    return (
        Check("ruff check", (python, "-m", "ruff", "check", ".")),
        Check("ruff format", (python, "-m", "ruff", "format", "--check", ".")),
        Check("mypy", (python, "-m", "mypy")),
        Check("mypy packaging", (python, "-m", "mypy", *setup), (("MYPYPATH", "packaging"),)),
        Check("import contracts", (str(environment.program("lint-imports")),)),
        Check(
            "pytest",
            (python, "-m", "pytest", *_BESIDE_EACH_OTHER, *pytest_arguments),
            # A test marked `gui` starts its own X server; nothing may open on the person's.
            (("QT_QPA_PLATFORM", "offscreen"),),
        ),
    )


def run_all(checks: Sequence[Check], run: Run | None = None) -> int:
    """Run every check, whatever the earlier ones said. 0 when all passed, otherwise 1."""
    runner = run or _run
    failed: list[str] = []
    for check in checks:
        print(f"— {check.name}", flush=True)
        if check.name == "pytest" and failed:
            print(f"Failed so far: {', '.join(failed)}", flush=True)
        status = runner(check.command, {**os.environ, **dict(check.variables)})
        if status != 0:
            failed.append(check.name)
        if check.name == "pytest" and status not in _PYTEST_ENDINGS:
            print(f"pytest ended abnormally, with status {status}.", flush=True)
    return 1 if failed else 0


def _run(command: Sequence[str], variables: Mapping[str, str]) -> int:
    done = subprocess.run(list(command), check=False, cwd=PROJECT, env=dict(variables))
    return done.returncode
