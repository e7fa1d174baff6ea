"""Lines around masks that are visible on any photo: white, and black one pixel inside."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from unblur.ui.qimage import alpha_plane, byte_view, transparent_image

_WHITE, _BLACK = QColor(255, 255, 255, 235), QColor(0, 0, 0, 200)
_INSIDE = 128
_WHITE_BYTES, _BLACK_BYTES = (235, 235, 235, 235), (0, 0, 0, 200)  # premultiplied


def paint_rect(painter: QPainter, rect: QRect, width: int, opacity: float) -> None:
    """The double line along a rectangle, the white one on its edge."""
    painter.setOpacity(opacity)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, inset in ((_WHITE, 0), (_BLACK, width)):
        pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        shift = inset + width // 2
        painter.drawRect(rect.adjusted(shift, shift, -shift - width % 2, -shift - width % 2))
    painter.setOpacity(1.0)


def paint_dashes(painter: QPainter, rect: QRect, width: int) -> None:
    """A rectangle in dashes of white and black."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, offset in ((_WHITE, 0.0), (_BLACK, 4.0)):
        pen = QPen(colour, width, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([4.0, 4.0])
        pen.setDashOffset(offset)
        painter.setPen(pen)
        painter.drawRect(rect)


def paint_ellipse(painter: QPainter, rect: QRect, width: int, opacity: float) -> None:
    """The double line along the ellipse within a rectangle, the white one on its edge."""
    painter.setOpacity(opacity)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for colour, inset in ((_BLACK, 1.5 * width), (_WHITE, 0.5 * width)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(QRectF(rect).adjusted(inset, inset, -inset, -inset))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setOpacity(1.0)


def mask_outline(mask: QImage, width: int) -> QImage:
    """The double line along the edge of what is at least half opaque in `mask`.

    The image's own border is no edge: the mask may go on beyond the viewport.
    """
    inside = alpha_plane(mask) >= _INSIDE
    once = _eroded(inside, width)
    twice = _eroded(once, width)
    outline = transparent_image(mask.width(), mask.height())
    pixels = byte_view(outline).reshape(-1, 4)
    # The edge is a thin line: its places are far fewer than the pixels.
    pixels[np.flatnonzero(inside & ~once)] = _WHITE_BYTES
    pixels[np.flatnonzero(once & ~twice)] = _BLACK_BYTES
    return outline


def _eroded(inside: NDArray[np.bool_], times: int) -> NDArray[np.bool_]:
    """`inside` without the pixels that are at most `times` away from one outside."""
    for _ in range(times):
        eroded = inside.copy()
        eroded[1:] &= inside[:-1]
        eroded[:-1] &= inside[1:]
        eroded[:, 1:] &= inside[:, :-1]
        eroded[:, :-1] &= inside[:, 1:]
        inside = eroded
    return inside
