"""Icons: line drawings in the text's colour, drawn sharp for the scales of the displays.

They are pixmaps from the start. An icon engine of Python's own that draws when it is asked would
be a way to draw less at first, but Qt copies and destroys those on its own terms, and Python too.
"""

from __future__ import annotations

import math
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from unblur.ui.theme import Theme


class IconSet:
    """The icons of one folder in the colours of a theme."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[tuple[str, Theme, int], QIcon] = {}
        self._drawings: dict[tuple[str, int], QPixmap] = {}

    def icon(self, name: str, theme: Theme, size: int = 20) -> QIcon:
        """The drawing NAME.svg of `size` pixels, also as it looks disabled or checked."""
        key = (name, theme, size)
        if key not in self._known:  # lists ask anew at every edit
            self._known[key] = self._made(name, theme, size)
        return self._known[key]

    def only(self, name: str, color: str, *, is_enabled: bool, size: int = 20) -> QIcon:
        """The drawing in one colour, as it looks now: for what cannot wait for `icon`."""
        icon = QIcon()
        mode = QIcon.Mode.Normal if is_enabled else QIcon.Mode.Disabled
        icon.addPixmap(_coloured(self._drawing(name, size * _ratios()[-1]), color), mode)
        return icon

    def _made(self, name: str, theme: Theme, size: int) -> QIcon:
        icon = QIcon()
        off, on = QIcon.State.Off, QIcon.State.On
        looks = (
            (theme.text, QIcon.Mode.Normal, (off,)),
            (theme.on_accent, QIcon.Mode.Normal, (on,)),
            (theme.disabled, QIcon.Mode.Disabled, (off, on)),
        )
        for ratio in _ratios():
            drawing = self._drawing(name, size * ratio)
            for color, mode, states in looks:
                pixmap = _coloured(drawing, color)
                for state in states:
                    icon.addPixmap(pixmap, mode, state)
        return icon

    def _drawing(self, name: str, pixels: int) -> QPixmap:
        key = (name, pixels)
        if key not in self._drawings:  # once: reading it takes longer than colouring it
            renderer = QSvgRenderer(str(self._folder / f"{name}.svg"))
            self._drawings[key] = _drawn(renderer, pixels)
        return self._drawings[key]

    def app_icon(self) -> QIcon:
        """The program's own icon, in its own colours."""
        icon = QIcon()
        for name, sizes in (("unblur-small", (16, 24)), ("unblur", (32, 48, 128, 256))):
            renderer = QSvgRenderer(str(self._folder / f"{name}.svg"))
            for pixels in sizes:
                icon.addPixmap(_drawn(renderer, pixels))
        return icon


def _ratios() -> tuple[int, ...]:
    """The scales to draw for: what lies between is made from the larger."""
    application = QGuiApplication.instance()
    largest = application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0
    return tuple(range(1, math.ceil(largest) + 1))


def _drawn(renderer: QSvgRenderer, pixels: int) -> QPixmap:
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return pixmap


def _coloured(drawing: QPixmap, color: str) -> QPixmap:
    """The same shapes in one colour."""
    pixmap = QPixmap(drawing)
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), QColor(color))
    painter.end()
    return pixmap
