"""The face tool in the window, with the real detector."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.document.geometry import Point
from unblur.document.shapes import Ellipse
from unblur.ui import heavy
from unblur.ui.actions import ActionId


@pytest.fixture
def opened(program: Program, person: Any, save: Callable[..., Path]) -> Program:
    person.opens(save())
    program.actions[ActionId.FACE_TOOL].trigger()
    return program


def click(qtbot: QtBot, program: Program, place: Point) -> None:
    at, ratio = program.canvas.view.to_view(place), program.canvas.devicePixelRatio()
    point = QPoint(round(at.x / ratio), round(at.y / ratio))
    qtbot.mouseClick(program.canvas, Qt.MouseButton.LeftButton, pos=point)


def test_a_click_with_the_face_tool_makes_a_face_there(qtbot: QtBot, opened: Program) -> None:
    with qtbot.waitSignal(opened.faces.pointing.answered):
        click(qtbot, opened, Point(80, 60))
    document = opened.session.document
    assert document is not None
    (region,) = document.regions
    (oval,) = region.shapes
    assert isinstance(oval, Ellipse)
    assert oval.rect.contains_point(Point(80, 60))
    assert region.name == "Face 1"


def test_esc_ends_the_search_for_a_face(
    qtbot: QtBot, opened: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    def find(*question: Any) -> object:
        assert gate.wait(10)
        return question[-1]()

    monkeypatch.setattr(heavy, "find_face_at", find)
    click(qtbot, opened, Point(80, 60))
    assert opened.faces.pointing.is_busy
    stop = opened.actions[ActionId.STOP]
    assert stop.isEnabled()
    qtbot.keyClick(opened.canvas, Qt.Key.Key_Escape)
    assert not opened.faces.pointing.is_busy
    assert not stop.isEnabled()
    with qtbot.assertNotEmitted(opened.faces.pointing.answered, wait=50):
        gate.set()
    assert opened.session.document is not None
    assert opened.session.document.regions == ()
