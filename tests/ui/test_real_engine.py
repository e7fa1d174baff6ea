"""The window with the embedded network: from the click to the exported file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from unblur import paths
from unblur.bootstrap import Program
from unblur.document.geometry import Rect
from unblur.ui.actions import ActionId

_A_MINUTE = 60_000


@pytest.fixture
def program(qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """A shown window with the real client."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    style, sheet, palette = qapp.style().name(), qapp.styleSheet(), qapp.palette()
    program = Program(qapp)
    yield program
    for opened in program.session.photos:
        opened.undo_stack.setClean()
    program.shut_down()
    program.window.close()
    program.window.deleteLater()
    program.deleteLater()
    qapp.setStyle(style)
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)


def test_a_photo_becomes_sharper_by_the_real_network(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "crop.png"
    with Image.open(paths.sample_photo()) as sample:
        middle = sample.convert("RGB").crop((200, 200, 296, 264))
        middle.save(path)
    before = np.asarray(middle)
    with qtbot.waitSignal(program.client.warmed, timeout=_A_MINUTE):
        program.show([path], quits_after_show=False)
    region = program.session.add_whole_photo()
    assert region is not None
    with qtbot.waitSignal(program.restorer.completed, timeout=_A_MINUTE):
        program.actions[ActionId.RESTORE].trigger()
    everything = Rect(0, 0, 96, 64)
    restored = program.session.read(region.id, everything)
    assert restored is not None
    pixels, coverage = restored
    assert (coverage == 1).all()
    change = np.abs(pixels / 257.0 - before)
    assert 0.5 < change.mean() < 40, "changed, and still the same picture"
    assert detail(pixels / 257.0) > 1.05 * detail(before)
    assert program.restorer.outlook.is_restored


def detail(pixels: np.ndarray) -> float:
    """Mean step between neighbours: more in a sharper picture."""
    return float(np.abs(np.diff(pixels.astype(float), axis=1)).mean())
