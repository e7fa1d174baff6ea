"""What looks hidden on purpose is restored only by somebody who said so, and is shown meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from tests.psfs import scene

from unblur.bootstrap import Program
from unblur.document.geometry import Rect
from unblur.imaging.masks import blend_mask
from unblur.ui.dialogs.hidden import Consent, ask_about_hidden

PLACE = Rect(250, 150, 112, 112)
BESIDE = Rect(10, 10, 80, 80)


@pytest.fixture
def hiding(tmp_path: Path) -> Path:
    pixels = scene("square").copy()
    part = pixels[PLACE.slices].reshape(8, 14, 8, 14, 3)
    cells = part.mean(axis=(1, 3)).astype(np.uint8)
    pixels[PLACE.slices] = cells.repeat(14, 0).repeat(14, 1)
    path = tmp_path / "hiding.png"
    Image.fromarray(pixels).save(path)
    return path


class Asked:
    """Answers as it is told to."""

    def __init__(self) -> None:
        self.answer = Consent.KEEP
        self.places: list[int] = []

    def __call__(self, places: int) -> Consent:
        self.places.append(places)
        return self.answer


@pytest.fixture
def asked(program: Program) -> Asked:
    asked = Asked()
    program.guard._ask = asked
    return asked


@pytest.fixture
def seen(qtbot: QtBot, program: Program, person: Any, asked: Asked, hiding: Path) -> Program:
    """The photo is open and was looked at."""
    person.opens(hiding)
    qtbot.waitUntil(lambda: program.looks.caution is not None, timeout=20_000)
    return program


def mask_of(program: Program) -> np.ndarray:
    document = program.session.document
    assert document is not None
    size = document.photo.size
    return blend_mask(document.regions[-1], document.protection, Rect.of_size(size), size)


def test_the_place_is_marked_and_told(seen: Program) -> None:
    (rect,) = seen.canvas.marks.hidden
    assert rect.intersected(PLACE).size.area > 0.8 * PLACE.size.area
    (words,) = seen.panel.findChildren(QLabel, "caution")
    assert "looks pixelated on purpose" in words.text()
    seen.canvas.grab()


def test_kept_it_is_left_out_of_what_is_restored(seen: Program, asked: Asked) -> None:
    seen.restorer.restore()
    assert asked.places == [1]
    assert seen.restorer.is_running
    mask = mask_of(seen)
    (rect,) = seen.canvas.marks.hidden
    assert not mask[rect.slices].any()
    mask[rect.slices] = 1.0
    assert mask.all()
    # Asked once; and undone like any edit, whereupon the question comes again.
    seen.restorer.stop()
    seen.restorer.restore()
    assert asked.places == [1]
    assert seen.session.current is not None
    seen.session.current.undo_stack.undo()
    seen.restorer.stop()
    seen.restorer.restore()
    assert asked.places == [1, 1]


def test_with_consent_it_is_restored_like_all_else(seen: Program, asked: Asked) -> None:
    asked.answer = Consent.RESTORE
    seen.restorer.restore()
    assert seen.restorer.is_running
    assert mask_of(seen).all()
    seen.restorer.stop()
    seen.restorer.preview()
    assert asked.places == [1]


def test_who_cancels_restores_nothing(seen: Program, asked: Asked, person: Any) -> None:
    asked.answer = Consent.CANCEL
    person.adds_region(PLACE)
    seen.restorer.restore()
    assert not seen.restorer.is_running
    assert mask_of(seen).any()


def test_regions_beside_it_are_nobodys_secret(seen: Program, asked: Asked, person: Any) -> None:
    person.adds_region(BESIDE)
    seen.restorer.restore()
    assert seen.restorer.is_running
    assert asked.places == []


def test_what_began_before_the_photo_was_known_is_asked_about_then(
    qtbot: QtBot,
    program: Program,
    person: Any,
    asked: Asked,
    hiding: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(program.looks, "caution_of", lambda _opened: None)
    asked.answer = Consent.CANCEL
    person.opens(hiding)
    person.adds_region(PLACE)
    program.restorer.restore()
    assert program.restorer.is_running
    qtbot.waitUntil(lambda: not program.looks.is_looking, timeout=20_000)
    monkeypatch.undo()
    program.looks.known.emit()
    qtbot.waitUntil(lambda: asked.places == [1])
    qtbot.waitUntil(lambda: not program.restorer.is_running)
    assert not mask_of(program)[int(PLACE.center.y), int(PLACE.center.x)]


@pytest.mark.parametrize(
    ("label", "consent"),
    [
        ("Keep It Hidden", Consent.KEEP),
        ("Restore It Too", Consent.RESTORE),
        ("Cancel", Consent.CANCEL),
    ],
)
def test_the_question_has_three_answers(
    label: str, consent: Consent, program: Program, qtbot: QtBot
) -> None:
    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        assert box.defaultButton().text() == "Keep It Hidden"
        next(each for each in box.findChildren(QPushButton) if each.text() == label).click()

    QTimer.singleShot(50, press)
    assert ask_about_hidden(1, program.window) is consent
