"""Asks before something is restored that looks hidden on purpose."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtWidgets import QMessageBox, QWidget


class Consent(Enum):
    """What to do with places that look hidden on purpose."""

    KEEP = auto()
    RESTORE = auto()
    CANCEL = auto()


def ask_about_hidden(places: int, parent: QWidget) -> Consent:
    """Keep them as they are, restore them too, or think about it first (Esc)."""
    is_one = places == 1
    box = QMessageBox(parent)
    box.setObjectName("hidden")
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle("Hidden on purpose?")
    what = "A place on this photo looks" if is_one else f"{places} places on this photo look"
    box.setText(f"{what} pixelated or blurred on purpose.")
    it, was = ("It", "it was") if is_one else ("They", "they were")
    box.setInformativeText(
        f"{it} may protect somebody. What a model draws there is invented: it may look like "
        f"somebody who was never in this photo. Kept, everything there stays as {was}."
    )
    label = ("Keep It Hidden", "Restore It Too") if is_one else ("Keep Them Hidden", "Restore Them")
    keep = box.addButton(label[0], QMessageBox.ButtonRole.AcceptRole)
    restore = box.addButton(label[1], QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(cancel)
    box.exec()
    chosen = box.clickedButton()
    box.deleteLater()
    if chosen is keep:
        return Consent.KEEP
    return Consent.RESTORE if chosen is restore else Consent.CANCEL
