"""Cursors that Qt's own do not promise to show on every photo."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QCursor, QGuiApplication, QPainter, QPen, QPixmap

_SIDE = 23  # logical pixels, odd: the hot spot is the middle one
_GAP = 3.5  # the point itself stays free
_ARM = 10.0


def cursor_of(shape: Qt.CursorShape) -> QCursor:
    """The cursor of a shape; crosshairs are white within black, whatever the system draws."""
    if shape is not Qt.CursorShape.CrossCursor:
        return QCursor(shape)
    return _crosshairs(QGuiApplication.instance().devicePixelRatio())  # type: ignore[union-attr]


@cache
def _crosshairs(ratio: float) -> QCursor:
    pixmap = QPixmap(round(_SIDE * ratio), round(_SIDE * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    middle = QPointF(_SIDE / 2, _SIDE / 2)
    painter = QPainter(pixmap)
    for colour, width in ((QColor(0, 0, 0), 3.0), (QColor(255, 255, 255), 1.0)):
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            way = QPointF(x, y)
            # The dark rim goes around the ends as well.
            rim = 1.0 if width > 1 else 0.0
            painter.drawLine(middle + way * (_GAP - rim), middle + way * (_ARM + rim))
    painter.end()
    return QCursor(pixmap, _SIDE // 2, _SIDE // 2)
