"""Asks before work is lost."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtWidgets import QMessageBox, QWidget


class Choice(Enum):
    """What to do with a photo whose edits were not exported."""

    SAVE = auto()
    DISCARD = auto()
    CANCEL = auto()


def ask_about(title: str, parent: QWidget) -> Choice:
    """Export, discard or stay. Esc and the window's cross stay."""
    box = QMessageBox(parent)
    box.setObjectName("unsaved")
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle("Unsaved work")
    box.setText(f"Export “{title}” before it is closed?")
    box.setInformativeText("Otherwise its regions and what was restored in them are lost.")
    save = box.addButton("Export…", QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(save)
    box.setEscapeButton(cancel)
    box.exec()
    chosen = box.clickedButton()
    box.deleteLater()
    if chosen is save:
        return Choice.SAVE
    return Choice.DISCARD if chosen is discard else Choice.CANCEL
