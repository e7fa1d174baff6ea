"""Whether what is built has to be built and tried again: `python3 packaging/changed.py`, status 0.

A fresh clone has no memory of what was built from it, but its history says when the packaging, the
dependencies or the place of a resource last changed. What changed shortly before the newest commit
came with it, and is tried; what is older was tried when it came.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
# Of packaging, the dependencies, and of the program what finds its files and starts it.
PATHS = (
    ".ci",
    "app/unblur/__main__.py",
    "app/unblur/bootstrap.py",
    "app/unblur/desktop",
    "app/unblur/paths.py",
    "app/unblur/start.py",
    "models/unblur_models/catalog.py",
    "packaging",
    "pyproject.toml",
    "resources/app-icon",
)
# Longer than it takes to write a change, to try it and to hand it in, several times over.
HOURS = 12

Ask = Callable[[list[str]], str]


def is_recent(ask: Ask) -> bool:
    """Whether one of `PATHS` changed within `HOURS` of the newest commit, or nobody knows.

    `ask` gives what git answers to its arguments, and "" where git fails.
    """
    newest = ask(["log", "-1", "--format=%ct"])
    changed = ask(["log", "-1", "--format=%ct", "--", *PATHS])
    if not newest.isdecimal() or not changed.isdecimal():
        return True
    return int(newest) - int(changed) <= HOURS * 3600


def git(words: list[str]) -> str:
    """What git says about this project's history, in one line."""
    try:
        done = subprocess.run(
            ["git", *words], cwd=PROJECT, check=False, capture_output=True, text=True
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


if __name__ == "__main__":
    sys.exit(0 if is_recent(git) else 1)
