"""What a run tells while it goes: a bar on a terminal, lines elsewhere, curves for later."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from unblur_models.training.board import EVENTS, Board, replay
from unblur_models.training.checkpoint import Progress
from unblur_models.training.journal import Journal
from unblur_models.training.validation import Score

HALF = Progress("tiny", 50, 100, 400, 90.0, 0, 50)
SCORE = Score("made: shake", 3, 25.0, 26.0, 1.0, 0.5)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def curves(folder: Path) -> dict[str, float]:
    from tensorboardX.proto.event_pb2 import Event

    values: dict[str, float] = {}
    for path in (folder / EVENTS).iterdir():
        data = path.read_bytes()
        while data:
            length = int.from_bytes(data[:8], "little")
            event = Event.FromString(data[12 : 12 + length])
            values |= {each.tag: each.simple_value for each in event.summary.value}
            data = data[16 + length :]
    return values


def test_a_terminal_shows_a_bar_in_one_place(tmp_path: Path) -> None:
    stream = Terminal()
    Journal(tmp_path, stream=stream).trained(HALF, 0.03, 1e-3)
    assert stream.getvalue().startswith("\r\x1b[K" + "█" * 12 + "░" * 12 + "  step 50/100")
    assert not stream.getvalue().endswith("\n")


def test_a_file_gets_lines_without_control_codes(tmp_path: Path) -> None:
    stream = io.StringIO()
    Journal(tmp_path, stream=stream).trained(HALF, 0.03, 1e-3)
    assert stream.getvalue().startswith("step 50/100")
    assert stream.getvalue().endswith("\n")


def test_a_board_takes_what_the_log_takes(tmp_path: Path) -> None:
    board = Board(tmp_path)
    journal = Journal(tmp_path, stream=io.StringIO(), board=board)
    journal.trained(HALF, 0.03, 1e-3)
    journal.validated(HALF, [SCORE])
    journal.pictured(np.zeros((4, 6, 3), np.uint8), 50)
    board.close()
    told = curves(tmp_path)
    assert told["training/loss"] == pytest.approx(0.03)
    assert told["gain/made_shake"] == pytest.approx(1.0)
    assert "samples" in told


def test_a_log_from_a_machine_without_a_board_becomes_curves(tmp_path: Path) -> None:
    journal = Journal(tmp_path, stream=io.StringIO())
    journal.trained(HALF, 0.03, 1e-3)
    journal.validated(HALF, [SCORE])
    assert replay(tmp_path) == len((tmp_path / "log.jsonl").read_text().splitlines()) == 2
    assert curves(tmp_path)["worst/made_shake"] == pytest.approx(0.5)
    assert json.loads((tmp_path / "log.jsonl").read_text().splitlines()[0])["step"] == 50
