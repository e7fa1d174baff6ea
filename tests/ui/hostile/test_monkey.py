"""Two thousand random events on the whole window, with tiles arriving in between."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QDesktopServices, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program

EVENTS = 2000
KEYS = [
    *map(Qt.Key, range(Qt.Key.Key_A, Qt.Key.Key_Z + 1)),
    *map(Qt.Key, range(Qt.Key.Key_0, Qt.Key.Key_9 + 1)),
    *(Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Delete),
    *(Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
    *(Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F11),
    *(Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight, Qt.Key.Key_Backslash),
]
MODIFIERS = [
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
]
BUTTONS = [
    *[Qt.MouseButton.LeftButton] * 4,
    Qt.MouseButton.MiddleButton,
    Qt.MouseButton.RightButton,
]


class Monkey:
    """Plays with a window, and wants its banana back."""

    def __init__(self, program: Program, client: Any, seed: int) -> None:
        self._program = program
        self._client = client
        self._random = random.Random(seed)
        self._events = 0
        # Modal dialogs run loops of their own, in which only a timer is heard.
        self._escape = QTimer(interval=1)
        self._escape.timeout.connect(self._leave_dialogs)
        self._escape.start()

    def plays(self, times: int) -> None:
        deeds = [self._clicks] * 4 + [self._drags] * 3 + [self._types] * 8
        deeds += [self._waits_for_tiles] * 4 + [self._undoes_and_redoes, self._resizes]
        while self._events < times:
            self._random.choice(deeds)()

    def stops(self) -> None:
        self._escape.stop()

    @property
    def _handle(self) -> QWindow:
        return self._program.window.windowHandle()

    def _somewhere(self) -> QPoint:
        self._events += 1
        size = self._program.window.size()
        return QPoint(self._random.randrange(size.width()), self._random.randrange(size.height()))

    def _clicks(self) -> None:
        button, modifier = self._random.choice(BUTTONS), self._random.choice(MODIFIERS)
        click = self._random.choice([QTest.mouseClick, QTest.mouseClick, QTest.mouseDClick])
        click(self._handle, button, modifier, self._somewhere())
        self._leave_dialogs()

    def _drags(self) -> None:
        button, none = self._random.choice(BUTTONS), Qt.KeyboardModifier.NoModifier
        QTest.mousePress(self._handle, button, none, self._somewhere())
        for _ in range(self._random.randrange(1, 6)):
            QTest.mouseMove(self._handle, self._somewhere())
            if self._random.random() < 0.1:
                self._types()
        QTest.mouseRelease(self._handle, button, none, self._somewhere())
        self._leave_dialogs()

    def _types(self) -> None:
        key, modifier = self._random.choice(KEYS), self._random.choice(MODIFIERS)
        self._events += 1
        if (key, modifier) != (Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier):
            QTest.keyClick(self._handle, key, modifier)
        self._leave_dialogs()

    def _waits_for_tiles(self) -> None:
        client = self._client
        for _ in range(self._random.randrange(4)):
            if client.is_busy and client.given < len(client.tiles):
                client.give_tile()
        if client.is_busy and self._random.random() < 0.3:
            client.finish()
        QApplication.processEvents()

    def _undoes_and_redoes(self) -> None:
        group = self._program.session.undo_group
        for _ in range(self._random.randrange(12)):
            self._events += 1
            self._random.choice([group.undo, group.redo])()
            self._waits_for_tiles()

    def _resizes(self) -> None:
        self._program.window.resize(
            self._random.randrange(760, 1400), self._random.randrange(520, 900)
        )

    def _leave_dialogs(self) -> None:
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            accepts = self._random.random() < 0.3 and not isinstance(dialog, QMessageBox)
            QTimer.singleShot(0, dialog, dialog.accept if accepts else dialog.reject)


@pytest.fixture
def kept_inside(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    opened: list[object] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    return opened


@pytest.mark.qt_log_ignore("This plugin does not support", "outside target window")
@pytest.mark.usefixtures("kept_inside")
@pytest.mark.parametrize("seed", [6])
def test_a_monkey_leaves_the_window_in_order(
    qtbot: QtBot,
    program: Program,
    person: Any,
    client: Any,
    save: Callable[..., Path],
    seed: int,
) -> None:
    person.opens(save("a.png"), save("bb.png", (640, 480)), save("ccc.png", (40, 900)))
    before = widgets_of(program)
    monkey = Monkey(program, client, seed)
    try:
        monkey.plays(EVENTS)
    finally:
        monkey.stops()
    qtbot.waitUntil(lambda: not program.jobs.is_busy, timeout=20_000)
    for opened in program.session.photos:
        program.session.close(opened)
    for banner in program.banners.banners:
        banner.dismiss()
    qtbot.waitUntil(lambda: not widgets_of(program) - before)


def widgets_of(program: Program) -> Counter[str]:
    """How many widgets of each class the window has."""
    return Counter(type(widget).__name__ for widget in program.window.findChildren(QWidget))
