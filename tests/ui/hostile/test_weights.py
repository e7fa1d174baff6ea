"""Weights that are damaged or gone, by the real provider: told once, and the window goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.document.geometry import Rect
from unblur.document.shapes import Rectangle
from unblur.ui.actions import ActionId
from unblur_models import catalog, weights

_A_MINUTE = 60_000


@pytest.fixture
def weights_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Weights of our own, which the zoo reads instead of its own."""
    folder = tmp_path / "weights"
    folder.mkdir()
    monkeypatch.setattr("unblur_models.catalog.WEIGHTS_DIR", folder)
    return folder


def flipped(folder: Path) -> None:
    name = catalog.card(catalog.DEFAULT_MODEL_ID).weights_file
    content = bytearray((weights.WEIGHTS_DIR / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)


def tiny(folder: Path) -> None:
    (folder / catalog.card(catalog.DEFAULT_MODEL_ID).weights_file).write_bytes(b"x")


def gone(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(flipped, "are damaged"), (tiny, "are damaged"), (gone, "are not at")],
)
def test_bad_weights_are_told_and_everything_else_goes_on(
    qtbot: QtBot,
    whole_program: Callable[..., Program],
    weights_dir: Path,
    save: Callable[..., Path],
    spoil: Callable[[Path], None],
    said: str,
) -> None:
    spoil(weights_dir)
    program = whole_program()
    with qtbot.waitSignal(program.client.warm_up_failed, timeout=_A_MINUTE):
        program.first.show()
        program.begin([save("a.png")])

    def reads() -> str:
        labels = [label for b in program.banners.banners for label in b.findChildren(QLabel)]
        return "\n".join(label.text() for label in labels)

    assert said in reads()
    assert str(weights_dir) in reads()
    session = program.session
    assert session.document is not None
    region = session.new_region(Rectangle(Rect(5, 5, 40, 40)))
    session.edit(session.document.with_region(region), "Add Region")
    program.restorer.refresh_outlook()
    with qtbot.waitSignal(program.restorer.failed, timeout=_A_MINUTE):
        program.actions[ActionId.RESTORE].trigger()
    assert "(2 times)" in reads(), "the same sentence again, not a second banner"
    assert not program.restorer.is_running
    assert program.actions[ActionId.RESTORE].isEnabled()
    program.canvas.grab()
    program.actions[ActionId.UNDO].trigger()
    assert session.document.regions == ()
