"""Words beside the work, in the colour of what is not urgent."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel


def muted_label(words: str = "") -> QLabel:
    """Lines of secondary text that wrap where the panel ends."""
    label = QLabel(words)
    label.setObjectName("muted")
    label.setWordWrap(True)
    return label
