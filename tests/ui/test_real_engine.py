"""The window with the embedded network: from the click to the exported file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from pytestqt.qtbot import QtBot

from unblur import paths
from unblur.bootstrap import Program
from unblur.document.geometry import Rect
from unblur.ui.actions import ActionId

_A_MINUTE = 60_000


def test_a_photo_becomes_sharper_by_the_real_network(
    qtbot: QtBot, whole_program: Callable[..., Program], tmp_path: Path
) -> None:
    program = whole_program()
    path = tmp_path / "crop.png"
    with Image.open(paths.sample_photo()) as sample:
        middle = sample.convert("RGB").crop((200, 200, 296, 264))
        middle.save(path)
    before = np.asarray(middle)
    with qtbot.waitSignal(program.client.warmed, timeout=_A_MINUTE):
        program.first.show()
        program.begin([path])
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
