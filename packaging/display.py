"""A virtual display, and what a person at it does with pointer and keys, through xdotool."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

CORNER, SIZE = (200, 100), (1280, 820)
_SCREEN = "1600x1000x24"
_PATIENCE = 90.0


class NotSeenError(Exception):
    """What had to come in time did not come."""


def wait_until(is_so: Callable[[], object], what: str, seconds: float = _PATIENCE) -> None:
    """Look again and again. Raises NotSeenError with `what`."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise NotSeenError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.1)


@dataclass(frozen=True)
class Display:
    """The X server's name (":99") and the folder where it keeps its picture."""

    name: str
    folder: Path

    def xdotool(self, *words: object) -> str:
        """What xdotool answers; nothing where it fails, as while a window is not there yet."""
        command = ["xdotool", *map(str, words)]
        variables = {**os.environ, "DISPLAY": self.name}
        done = subprocess.run(command, env=variables, check=False, capture_output=True, text=True)
        return done.stdout.strip()

    def windows(self, title: str) -> list[str]:
        """The visible windows whose title matches a regular expression."""
        return self.xdotool("search", "--onlyvisible", "--name", title).split()

    def place(self, window: str) -> None:
        """Put the window where the pointer expects it, and give it the keys."""

        def is_there() -> bool:
            self.xdotool("windowmove", window, *CORNER)
            self.xdotool("windowsize", window, *SIZE)
            time.sleep(0.5)
            told = self.xdotool("getwindowgeometry", "--shell", window).split()
            facts = dict(word.split("=") for word in told)
            place = [int(facts.get(name, -1)) for name in ("X", "Y", "WIDTH", "HEIGHT")]
            return place == [*CORNER, *SIZE]

        wait_until(is_there, "the window in its place")
        self.xdotool("windowfocus", window)

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

    def look(self) -> Image.Image:
        """Everything on the display."""
        # The server's own copy of the screen, as xwd has it: a header, a palette, the pixels.
        data = (self.folder / "Xvfb_screen0").read_bytes()
        header = [int.from_bytes(data[at : at + 4], "big") for at in range(0, 80, 4)]
        begin, width, height, stride, colours = (header[n] for n in (0, 4, 5, 12, 19))
        pixels = data[begin + 12 * colours :]
        return Image.frombuffer("RGB", (width, height), pixels, "raw", "BGRX", stride, 1)


@contextmanager
def virtual_display() -> Iterator[Display]:
    """A display that is there until the block ends."""
    with tempfile.TemporaryDirectory(prefix="unblur-display-") as folder:
        reading, writing = os.pipe()
        options = ["-screen", "0", _SCREEN, "-nolisten", "tcp", "-fbdir", folder]
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), *options],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        try:
            number = os.read(reading, 16).decode().strip()
            if not number:
                raise NotSeenError("Xvfb did not start")
            yield Display(f":{number}", Path(folder))
        finally:
            os.close(reading)
            server.terminate()
            server.wait()
