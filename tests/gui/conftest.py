"""A real window on a virtual display, driven from outside: pointer, keys, other processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATIENCE = 40.0
CORNER, SIZE = (200, 100), (1280, 820)


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Look again and again; the test fails with `what` when it never comes."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)


@dataclass
class Desktop:
    """The virtual display and what a person at it can do."""

    environment: dict[str, str]
    folder: Path

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Run a program on the display."""
        return subprocess.Popen(command, env=self.environment)

    def xdotool(self, *words: object) -> str:
        """Pointer and keys."""
        done = subprocess.run(
            ["xdotool", *map(str, words)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.strip()

    def windows(self, title: str) -> list[str]:
        """Visible windows whose title matches a regular expression."""
        return self.xdotool("search", "--onlyvisible", "--name", title).split()

    def place(self, window: str) -> bool:
        """Put the window where the tests expect it; whether it stayed there.

        A window that is only just being shown may still go to a place of its own.
        """
        self.xdotool("windowmove", window, *CORNER)
        self.xdotool("windowsize", window, *SIZE)
        time.sleep(0.5)
        words = self.xdotool("getwindowgeometry", "--shell", window).split()
        facts = dict(word.split("=") for word in words)
        place = tuple(int(facts.get(name, -1)) for name in ("X", "Y", "WIDTH", "HEIGHT"))
        return place == (*CORNER, *SIZE)

    def press(self, keys: str) -> None:
        """A key combination, to whatever has the focus."""
        self.xdotool("key", "--clearmodifiers", keys)

    def drag(self, start: tuple[int, int], end: tuple[int, int], steps: int = 10) -> None:
        """Press, move in small steps, let go."""
        self.xdotool("mousemove", *start)
        self.xdotool("mousedown", 1)
        for step in range(1, steps + 1):
            x = start[0] + (end[0] - start[0]) * step // steps
            y = start[1] + (end[1] - start[1]) * step // steps
            self.xdotool("mousemove", x, y)
            time.sleep(0.04)
        self.xdotool("mouseup", 1)

    def picture(self) -> np.ndarray:
        """What is on the display, (H, W, 3)."""
        path = self.folder / "display.png"
        command = [sys.executable, str(HERE / "other_program.py"), "look", str(path)]
        subprocess.run(command, env=self.environment, check=True)
        return np.asarray(Image.open(path).convert("RGB"))


@pytest.fixture
def wait() -> Callable[..., None]:
    """`wait_until`, for the tests."""
    return wait_until


@pytest.fixture
def desktop(gui_environment: dict[str, str], tmp_path: Path) -> Desktop:
    """The display, with our sources on the path."""
    sources = os.pathsep.join(str(ROOT / part) for part in ("app", "models"))
    return Desktop({**gui_environment, "PYTHONPATH": sources}, tmp_path)


@pytest.fixture
def unblur(desktop: Desktop) -> Iterator[Callable[..., str]]:
    """Starts the program with arguments; gives its window's number at a known place."""
    running: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> str:
        before = set(desktop.windows("Unblur$"))
        running.append(desktop.start(sys.executable, "-m", "unblur", *arguments))
        wait_until(lambda: bool(set(desktop.windows("Unblur$")) - before), "the window")
        (window,) = set(desktop.windows("Unblur$")) - before
        wait_until(lambda: desktop.place(window), "the window in its place")
        desktop.xdotool("windowfocus", window)
        return window

    yield start
    for program in running:
        program.kill()
        program.wait()
