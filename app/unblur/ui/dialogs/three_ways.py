"""Asks what has two answers and a way back: go on, the other way, or Cancel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtWidgets import QMessageBox, QWidget

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Question:
    """Words for a person. `name` is the box's own, for style sheets and tests."""

    name: str
    title: str
    text: str
    explanation: str
    accept: str
    other: str


def ask(
    question: Question, accept: Answer, other: Answer, cancel: Answer, parent: QWidget
) -> Answer:
    """The answer whose button was pressed. Enter accepts; Esc and the window's cross cancel."""
    box = QMessageBox(parent)
    box.setObjectName(question.name)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle(question.title)
    box.setText(question.text)
    box.setInformativeText(question.explanation)
    accepting = box.addButton(question.accept, QMessageBox.ButtonRole.AcceptRole)
    otherwise = box.addButton(question.other, QMessageBox.ButtonRole.DestructiveRole)
    cancelling = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(accepting)
    box.setEscapeButton(cancelling)
    box.exec()
    chosen = box.clickedButton()
    box.deleteLater()
    if chosen is accepting:
        return accept
    return other if chosen is otherwise else cancel
