"""A real window on a virtual display, driven from outside: pointer, keys, other processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from display import Display, virtual_display, wait_until

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Desktop(Display):
    """The display, and programs of ours that run on it."""

    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Run a program on the display."""
        return subprocess.Popen(command, env=self.environment)

    def picture(self) -> np.ndarray:
        """What is on the display, (H, W, 3)."""
        return np.asarray(self.look())


@pytest.fixture(scope="session")
def display() -> Iterator[Display]:
    """An X server of our own, for the programs that a test starts: its process stays offscreen."""
    with virtual_display() as display:
        yield display


@pytest.fixture
def wait() -> Callable[..., None]:
    """`wait_until`, for the tests."""
    return wait_until


@pytest.fixture
def desktop(display: Display, own_home: Path) -> Desktop:
    """The display, with our sources on the path."""
    variables = {**os.environ, "DISPLAY": display.name, "QT_QPA_PLATFORM": "xcb"}
    variables.pop("WAYLAND_DISPLAY", None)
    variables["UNBLUR_HOME"] = str(own_home)
    variables["PYTHONPATH"] = os.pathsep.join(str(ROOT / part) for part in ("app", "models"))
    return Desktop(display.name, display.folder, variables)


@pytest.fixture
def unblur(desktop: Desktop) -> Iterator[Callable[..., str]]:
    """Starts the program with arguments; gives its window's number at a known place."""
    running: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> str:
        before = set(desktop.windows("Unblur$"))
        running.append(desktop.start(sys.executable, "-m", "unblur", *arguments))
        wait_until(lambda: set(desktop.windows("Unblur$")) - before, "the window")
        (window,) = set(desktop.windows("Unblur$")) - before
        desktop.place(window)
        return window

    yield start
    for program in running:
        program.kill()
        program.wait()
