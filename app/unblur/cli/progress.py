"""Progress for a person at a terminal: one line that is redrawn; otherwise a line a file."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

Progress = Callable[[int, int, float], None]
"""Called after every tile with (done, total, seconds so far)."""


class ProgressLine:
    """The line of one photo on `stream`. Use it as a context: it clears itself.

    `last` says what is done after the last tile.
    """

    def __init__(self, name: str, stream: TextIO, last: str = "writing") -> None:
        self._name = name
        self._last = last
        self._stream = stream
        self._is_live = stream.isatty()
        self._started = time.monotonic()

    def __enter__(self) -> ProgressLine:
        """Begin with what is being done before the first tile."""
        self._draw("reading")
        return self

    def tile_done(self, done: int, total: int, seconds: float) -> None:
        """`done` of `total` tiles are restored; together they took `seconds`."""
        remaining = seconds / done * (total - done)
        words = f"{_clock(remaining)} left" if done < total else self._last
        self._draw(f"{done}/{total} tiles, {words}")

    def bytes_done(self, done: int, total: int, seconds: float) -> None:
        """`done` of `total` bytes are here; those of this time took `seconds`."""
        self._draw(f"{done / 1e6:.1f} of {total / 1e6:.1f} MB, {_clock(seconds)}")

    def say(self, text: str) -> None:
        """A line that stays."""
        self._clear()
        print(text, file=self._stream, flush=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave no half line behind."""
        self._clear()

    def _draw(self, text: str) -> None:
        if not self._is_live:
            return
        width = shutil.get_terminal_size().columns - 1
        line = f"{self._name}: {text}"[:width]
        self._stream.write(f"\r{line:<{width}}")
        self._stream.flush()

    def _clear(self) -> None:
        if self._is_live:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write("\r" + " " * width + "\r")
            self._stream.flush()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(1, round(seconds)), 60)
    return f"{minutes}:{rest:02d} min" if minutes else f"{rest} s"
