"""How large a window may be on the screen that it comes up on."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

# What a window manager puts around a window: it says how much only when the window is there.
_FRAME = QSize(4, 40)


def room(available: QSize) -> QSize:
    """How large a window's inside may be, where so much of a screen is free."""
    return available - _FRAME


def resize_within_screen(window: QWidget, wanted: QSize) -> None:
    """As large as wanted, or as its screen: at 200 % a laptop's has 800 × 500 to 960 × 540."""
    window.resize(wanted.boundedTo(room(window.screen().availableSize())))
