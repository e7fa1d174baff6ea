"""Lines that show on any photo: white within black."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

_WHITE, _BLACK = QColor(255, 255, 255), QColor(0, 0, 0)
_WIDTH = 1.5  # logical pixels: one would be grey where it falls between two pixels
_MARGIN = 4.0
_ARM = 6.0


def stroke_path(painter: QPainter, path: QPainterPath, ratio: float) -> None:
    """Draw along `path`; `ratio` is the display scale."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((_BLACK, 2 * _WIDTH + 1.0), (_WHITE, _WIDTH)):
        pen = QPen(colour, width * ratio)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(path)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def stroke_circle(painter: QPainter, center: QPointF, radius: float, ratio: float) -> None:
    """A ring: white at `radius`, black one pixel inside."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, inset in ((_BLACK, _WIDTH * ratio), (_WHITE, 0.0)):
        painter.setPen(QPen(colour, _WIDTH * ratio))
        size = max(ratio, radius - inset)
        painter.drawEllipse(center, size, size)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def stroke_cross(painter: QPainter, center: QPointF, ratio: float) -> None:
    """A small cross, for a ring too small to be seen or too large to tell its centre."""
    arm = _ARM * ratio
    path = QPainterPath(center - QPointF(arm, 0))
    path.lineTo(center + QPointF(arm, 0))
    path.moveTo(center - QPointF(0, arm))
    path.lineTo(center + QPointF(0, arm))
    stroke_path(painter, path, ratio)


def line_margin(ratio: float) -> float:
    """How far beyond a path or a ring its lines may reach."""
    return (_MARGIN + _ARM) * ratio
