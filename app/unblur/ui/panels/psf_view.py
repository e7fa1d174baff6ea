"""The PSF as a picture: the trace that a lamp would leave on the photo. It can be painted on."""

from __future__ import annotations

from enum import Enum

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from unblur.document.deconvolution import Blur
from unblur.ui.overrides import reports_errors
from unblur.ui.psf_brush import framed, painted
from unblur.ui.qimage import opaque_image
from unblur_models.deconvolution.outlines import Weights

_SIDE = 168  # points
_GAMMA = 0.5  # faint tails matter, and are seen only so
_CROSS = QColor(255, 255, 255, 70)
_RIM = QColor(128, 128, 128, 110)


class PsfMode(Enum):
    """What dragging in the picture does."""

    PULL = "pull"
    DRAW = "draw"
    ERASE = "erase"


class PsfView(QWidget):
    """White on black in every theme, a cross at the origin, pixels enlarged and not smoothed.

    Signals:
        pulled: pixels right of and above the origin, and the number of the gesture.
        painted: the weights (side, side) so far of a stroke, and the number of the gesture.
    """

    pulled = Signal(float, float, int)
    painted = Signal(object, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(_SIDE, _SIDE)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("PSF")
        self._square: Weights = np.zeros((1, 1))
        self._mode = PsfMode.PULL
        self._can_pull = False
        self._gesture = 0
        self._points: list[tuple[float, float]] = []
        self._before: Weights | None = None  # while a button is down

    @property
    def mode(self) -> PsfMode:
        """What dragging does."""
        return self._mode

    @property
    def side(self) -> int:
        """PSF pixels across the picture."""
        return int(self._square.shape[0])

    def sizeHint(self) -> QSize:
        """Always as large: the panel does not jump."""
        return QSize(_SIDE, _SIDE)

    def set_mode(self, mode: PsfMode) -> None:
        """Choose what dragging does from now on."""
        self._mode = mode
        self._show_cursor()

    def show_blur(self, blur: Blur, *, can_pull: bool) -> None:
        """Show a PSF; while a button is down the frame stays as it was."""
        side = self.side if self._before is not None else None
        self._square = framed(blur, side)
        self._can_pull = can_pull
        self._show_cursor()
        self.update()

    def place_of(self, x: float, y: float) -> QPointF:
        """Where a place of the PSF lies in the widget: pixels from the top left of the frame."""
        scale = self.width() / self.side
        return QPointF(x * scale, y * scale)

    @reports_errors
    def paintEvent(self, _event: QPaintEvent) -> None:
        """The pixels, the origin, a rim."""
        painter = QPainter(self)
        bright = np.rint(255 * self._square**_GAMMA).astype(np.uint8)
        image = opaque_image(np.repeat(bright[:, :, np.newaxis], 3, axis=2))
        area = QRectF(self.rect())
        painter.drawImage(area, image)
        painter.setPen(QPen(_CROSS, 1, Qt.PenStyle.DotLine))
        middle = area.center()
        painter.drawLine(QPointF(middle.x(), 0), QPointF(middle.x(), area.height()))
        painter.drawLine(QPointF(0, middle.y()), QPointF(area.width(), middle.y()))
        painter.setPen(QPen(_RIM, 1))
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    @reports_errors
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A gesture begins."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._gesture += 1
        self._before = self._square
        self._points = []
        self._go_on(event)

    @reports_errors
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """It goes on."""
        if self._before is not None:
            self._go_on(event)

    @reports_errors
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """It is over."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._before = None

    def _go_on(self, event: QMouseEvent) -> None:
        scale = self.side / self.width()
        x, y = event.position().x() * scale, event.position().y() * scale
        if self._mode is PsfMode.PULL:
            if self._can_pull:
                self.pulled.emit(x - self.side / 2, self.side / 2 - y, self._gesture)
            return
        assert self._before is not None
        self._points.append((x, y))
        is_erasing = self._mode is PsfMode.ERASE
        weights = painted(self._before, self._points, is_erasing=is_erasing)
        if weights.any():  # the last light stays: without any there is no PSF
            self.painted.emit(weights, self._gesture)

    def _show_cursor(self) -> None:
        is_dead = self._mode is PsfMode.PULL and not self._can_pull
        self.setCursor(Qt.CursorShape.ArrowCursor if is_dead else Qt.CursorShape.CrossCursor)
