"""What a run tells: a line for the person, JSON lines and TensorBoard's curves for later."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from unblur_models.training.board import Board
from unblur_models.training.checkpoint import Progress
from unblur_models.training.validation import Score

_BAR = 24  # places


class Journal:
    """Writes FOLDER/log.jsonl, and a line to `stream` at most every `seconds_between`.

    On a terminal the line is a bar that stays in its place. `board` takes the same facts.
    """

    def __init__(
        self,
        folder: Path,
        *,
        stream: TextIO | None = None,
        seconds_between: float = 30.0,
        board: Board | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "log.jsonl"
        self._stream = stream or sys.stdout
        self._board = board
        self._between = seconds_between
        self._last: tuple[float, int, int] | None = None

    @property
    def is_due(self) -> bool:
        """Whether it is time for another line; reading a loss from a GPU makes it wait."""
        return self._last is None or time.monotonic() - self._last[0] >= self._between

    def trained(self, progress: Progress, loss: float, rate: float) -> None:
        """Notes how training goes, with the time left at the speed since the last line."""
        now = time.monotonic()
        steps_a_second = samples_a_second = 0.0
        if self._last is not None:
            passed = max(now - self._last[0], 1e-9)
            steps_a_second = (progress.step - self._last[1]) / passed
            samples_a_second = (progress.samples - self._last[2]) / passed
        self._last = (now, progress.step, progress.samples)
        left = (progress.steps - progress.step) / steps_a_second if steps_a_second > 0 else None
        self.note(
            "trained",
            step=progress.step,
            samples=progress.samples,
            seconds=round(progress.seconds, 1),
            loss=loss,
            rate=rate,
            samples_a_second=round(samples_a_second, 2),
        )
        line = (
            f"step {progress.step}/{progress.steps}  loss {loss:.4f}  "
            f"{samples_a_second:.1f} samples/s  {_time(progress.seconds)} spent  "
            f"{'?' if left is None else _time(left)} left"
        )
        if self._stream.isatty():
            done = _BAR * progress.step // progress.steps
            self._stream.write(f"\r\x1b[K{'█' * done}{'░' * (_BAR - done)}  {line}")
            self._stream.flush()
        else:
            self._say(line)

    def validated(self, progress: Progress, scores: Sequence[Score]) -> None:
        """Notes how good the network is."""
        table = [dataclasses.asdict(each) for each in scores]
        self.note("validated", step=progress.step, samples=progress.samples, scores=table)
        if self._stream.isatty():
            self._say("")  # ends the bar's line
        for each in scores:
            self._say(
                f"  {each.group}: {each.blurred:.2f} -> {each.psnr:.2f} dB "
                f"({each.gain:+.2f}, worst {each.worst:+.2f}, {each.pictures} pictures)"
            )

    def note(self, event: str, **facts: Any) -> None:
        """One JSON line."""
        entry = {"event": event, "time": time.time(), **facts}
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry) + "\n")
        if self._board is not None:
            self._board.told(entry)

    def pictured(self, pixels: NDArray[np.uint8], step: int) -> None:
        """Shows a sheet of pictures (H, W, 3) on the board."""
        if self._board is not None:
            self._board.shown(pixels, step)

    def _say(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()


def last_scores(folder: Path) -> list[Score]:
    """Those of the last validation in FOLDER/log.jsonl; none where there was none."""
    path = folder / "log.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in reversed(lines):
        entry = json.loads(line)
        if entry["event"] == "validated":
            return [Score(**each) for each in entry["scores"]]
    return []


def _time(seconds: float) -> str:
    minutes = int(seconds) // 60
    return f"{minutes // 60} h {minutes % 60:02d} min"
