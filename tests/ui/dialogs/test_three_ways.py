"""A question with two answers and a way back: keys and buttons."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from unblur.ui.dialogs.three_ways import Question, ask

QUESTION = Question("dusk", "Dusk", "Is it dusk?", "The lamps would be lit.", "Light", "Wait")


@pytest.mark.parametrize(
    ("key", "answer"), [(Qt.Key.Key_Return, "light"), (Qt.Key.Key_Escape, "stay")]
)
def test_enter_accepts_and_escape_changes_nothing(key: Qt.Key, answer: str, qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        assert (box.objectName(), box.text()) == ("dusk", "Is it dusk?")
        qtbot.keyClick(box, key)

    QTimer.singleShot(50, press)
    assert ask(QUESTION, "light", "wait", "stay", parent) == answer


@pytest.mark.parametrize(
    ("label", "answer"), [("Light", "light"), ("Wait", "wait"), ("Cancel", "stay")]
)
def test_each_button_is_one_answer(label: str, answer: str, qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(each for each in box.findChildren(QPushButton) if each.text() == label).click()

    QTimer.singleShot(50, press)
    assert ask(QUESTION, "light", "wait", "stay", parent) == answer
