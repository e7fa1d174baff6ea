"""Between a widget's logical pixels and the device pixels that the canvas works in."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QPainter, QTransform

from unblur.document.geometry import Size


def device_size(size: QSize, ratio: float) -> Size:
    """Device pixels that a widget of a logical size has at least a part of."""
    return Size(math.ceil(size.width() * ratio), math.ceil(size.height() * ratio))


def to_device(rect: QRect, ratio: float) -> QRect:
    """All device pixels that logical pixels touch, and one more against rounding."""
    return _scaled(rect, ratio).adjusted(-1, -1, 1, 1)


def to_logical(rect: QRect, ratio: float) -> QRect:
    """The logical pixels that cover device pixels."""
    return _scaled(rect, 1 / ratio)


def align_to_device(painter: QPainter, ratio: float) -> None:
    """Paint in device pixels from here on, from a whole one.

    At fractional display scales a widget may begin between two device pixels; painting
    from there would blur everything.
    """
    start = painter.deviceTransform()
    shift_x = round(start.dx()) - start.dx()
    shift_y = round(start.dy()) - start.dy()
    painter.setTransform(QTransform(1 / ratio, 0, 0, 1 / ratio, shift_x / ratio, shift_y / ratio))


def _scaled(rect: QRect, factor: float) -> QRect:
    corner, size = QPointF(rect.topLeft()) * factor, QSizeF(rect.size()) * factor
    return QRectF(corner, size).toAlignedRect()
