"""TensorBoard: what log.jsonl says, as curves. Needs the extra `unblur[training]`.

`python -m unblur_models.training.board FOLDER` writes the curves of a run whose machine had no
TensorBoard; a run that finds it writes them as it goes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

EVENTS = "tensorboard"


class Board:
    """Writes events to FOLDER/tensorboard. Raises ImportError without tensorboardX."""

    def __init__(self, folder: Path) -> None:
        from tensorboardX import SummaryWriter

        self._writer = SummaryWriter(str(folder / EVENTS), write_to_disk=True)

    def told(self, entry: dict[str, Any]) -> None:
        """Takes one line of the log."""
        step, time = entry.get("step"), entry["time"]
        if entry["event"] == "trained":
            for name in ("loss", "rate", "samples_a_second"):
                self._writer.add_scalar(f"training/{name}", entry[name], step, time)
        elif entry["event"] == "validated":
            for score in entry["scores"]:
                for name in ("gain", "worst", "psnr"):
                    tag = f"{name}/{score['group'].replace(': ', '_')}"
                    self._writer.add_scalar(tag, score[name], step, time)
        self._writer.flush()

    def shown(self, pixels: NDArray[np.uint8], step: int) -> None:
        """Takes a sheet of pictures (H, W, 3)."""
        self._writer.add_image("samples", pixels, step, dataformats="HWC")
        self._writer.flush()

    def close(self) -> None:
        """Ends the file."""
        self._writer.close()


def board_in(folder: Path) -> Board | None:
    """A board, or none where tensorboardX is not installed."""
    try:
        return Board(folder)
    except ImportError:
        return None


def replay(folder: Path) -> int:
    """Writes the curves of FOLDER/log.jsonl; returns the number of lines."""
    lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    board = Board(folder)
    for line in lines:
        board.told(json.loads(line))
    board.close()
    return len(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Replays one log."""
    parser = argparse.ArgumentParser(prog="python -m unblur_models.training.board")
    parser.add_argument("folder", type=Path, help="a run's folder, with its log.jsonl")
    folder = parser.parse_args(arguments).folder
    sys.stdout.write(f"{replay(folder)} lines in {folder / EVENTS}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
