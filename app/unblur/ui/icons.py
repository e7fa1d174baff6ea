"""Icons: line drawings in the text's colour, drawn sharp for every display scale."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from unblur.ui.theme import Theme

# At 100, 200 and 300 % of the display's scale; what lies between is made from the larger.
_RATIOS = (1, 2, 3)


class IconSet:
    """The icons of one folder in the colours of a theme."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[tuple[str, Theme, int], QIcon] = {}

    def icon(self, name: str, theme: Theme, size: int = 20) -> QIcon:
        """The drawing NAME.svg of `size` pixels, also as it looks disabled or checked."""
        key = (name, theme, size)
        if key not in self._known:  # lists ask anew at every edit
            self._known[key] = self._made(name, theme, size)
        return self._known[key]

    def _made(self, name: str, theme: Theme, size: int) -> QIcon:
        drawing = (self._folder / f"{name}.svg").read_text(encoding="utf-8")
        return QIcon(_LineDrawing(drawing, theme, size))

    def app_icon(self) -> QIcon:
        """The program's own icon, in its own colours."""
        icon = QIcon()
        for name, sizes in (("unblur-small", (16, 24)), ("unblur", (32, 48, 128, 256))):
            renderer = QSvgRenderer(str(self._folder / f"{name}.svg"))
            for pixels in sizes:
                icon.addPixmap(_drawn(renderer, pixels))
        return icon


class _LineDrawing(QIconEngine):
    """Draws itself in the size and the look that is asked for, when it is asked for.

    A toolbar shows each of its icons in one of four looks at one of three scales, and drawing
    them all took a tenth of the program's start.
    """

    def __init__(self, drawing: str, theme: Theme, size: int) -> None:
        super().__init__()
        self._drawing = drawing
        self._theme = theme
        self._size = size
        self._known: dict[tuple[int, str], QPixmap] = {}

    def clone(self) -> QIconEngine:
        """Another one that looks the same."""
        return _LineDrawing(self._drawing, self._theme, self._size)

    def availableSizes(
        self,
        mode: QIcon.Mode = QIcon.Mode.Normal,  # noqa: ARG002 - Qt gives it by this name
        state: QIcon.State = QIcon.State.Off,  # noqa: ARG002
    ) -> list[QSize]:
        """What it was drawn for, at the usual scales."""
        return [QSize(self._size, self._size) * ratio for ratio in _RATIOS]

    def actualSize(self, size: QSize, _mode: QIcon.Mode, _state: QIcon.State) -> QSize:
        """Square, and no larger than was asked for."""
        side = min(size.width(), size.height())
        return QSize(side, side)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The drawing at `size`, which is in device pixels."""
        side = min(size.width(), size.height())
        color = self._color(mode, state)
        key = (side, color)
        if key not in self._known:
            content = self._drawing.replace("currentColor", color).encode()
            self._known[key] = _drawn(QSvgRenderer(QByteArray(content)), side)
        return self._known[key]

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """The drawing in the middle of `rect`, as sharp as the painter's device."""
        ratio = painter.device().devicePixelRatio() if painter.device() is not None else 1.0
        side = min(rect.width(), rect.height())
        pixels = round(side * ratio)
        target = QRect(0, 0, side, side)
        target.moveCenter(rect.center())
        painter.drawPixmap(target, self.pixmap(QSize(pixels, pixels), mode, state))

    def _color(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        if mode is QIcon.Mode.Disabled:
            return self._theme.disabled
        return self._theme.on_accent if state is QIcon.State.On else self._theme.text


def _drawn(renderer: QSvgRenderer, pixels: int) -> QPixmap:
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return pixmap
