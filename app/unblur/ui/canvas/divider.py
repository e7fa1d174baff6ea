"""The line between original and result: where it can be grabbed, and how it looks."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

from unblur.ui.canvas.compare import CompareMode
from unblur.ui.canvas.frame import RenderFrame

GRAB = 12.0  # logical pixels on either side of the line
HANDLE = 15.0  # radius of the handle, logical pixels
_LABEL_GAP = 10.0
_LABEL_HEIGHT = 22.0
_WHITE, _SHADE = QColor(255, 255, 255), QColor(0, 0, 0, 150)
LABELS = ("Before", "After")


def is_on_divider(
    mode: CompareMode, along: float, across: float, *, length: float, handle_only: bool
) -> bool:
    """Whether a press takes the divider, in logical pixels.

    `across` is the distance to the line; `along` the position on it, of `length` in all.
    While a tool draws, only the handle takes the press, so that one can draw across the line.
    """
    if not mode.is_split:
        return False
    if handle_only:
        return abs(across) <= HANDLE and abs(along - length / 2) <= HANDLE
    return abs(across) <= GRAB


def divider_cursor(mode: CompareMode) -> Qt.CursorShape:
    """The pointer over the divider."""
    if mode is CompareMode.SPLIT_HORIZONTAL:
        return Qt.CursorShape.SplitVCursor
    return Qt.CursorShape.SplitHCursor


def divider_area(frame: RenderFrame, position: int) -> QRect:
    """What has to be repainted when the line leaves `position` or comes to it."""
    reach = frame.px(_LABEL_GAP) + max(_label_width(frame, text) for text in LABELS) + frame.px(2)
    reach = max(reach, frame.px(HANDLE + 2))
    if frame.mode is CompareMode.SPLIT_HORIZONTAL:
        return QRect(0, position - reach, frame.canvas.width, 2 * reach)
    return QRect(position - reach, 0, 2 * reach, frame.canvas.height)


def paint_divider(painter: QPainter, frame: RenderFrame) -> None:
    """The line with its handle, and what lies on either side of it."""
    if frame.mode is CompareMode.SIDE_BY_SIDE:
        for pane, text in zip(frame.panes, LABELS, strict=True):
            corner = QPointF(pane.origin_x + frame.px(_LABEL_GAP), frame.px(_LABEL_GAP))
            _paint_label(painter, frame, corner, text)
        return
    if not frame.mode.is_split:
        return
    is_vertical = frame.mode is CompareMode.SPLIT_VERTICAL
    width, height, at = frame.canvas.width, frame.canvas.height, frame.divider
    thick, thin = frame.px(2), frame.px(1)
    start = at - thick // 2
    if is_vertical:
        painter.fillRect(QRect(start - thin, 0, thick + 2 * thin, height), _SHADE)
        painter.fillRect(QRect(start, 0, thick, height), _WHITE)
    else:
        painter.fillRect(QRect(0, start - thin, width, thick + 2 * thin), _SHADE)
        painter.fillRect(QRect(0, start, width, thick), _WHITE)
    middle = QPointF(at, height / 2) if is_vertical else QPointF(width / 2, at)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    _paint_handle(painter, frame, middle, is_vertical=is_vertical)
    _paint_split_labels(painter, frame, is_vertical=is_vertical)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_handle(
    painter: QPainter, frame: RenderFrame, middle: QPointF, *, is_vertical: bool
) -> None:
    """A white disc with a dark rim and two arrows: visible on snow and at night."""
    painter.setPen(QPen(_SHADE, frame.px(2)))
    painter.setBrush(_WHITE)
    radius = HANDLE * frame.ratio
    painter.drawEllipse(middle, radius, radius)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(60, 60, 60))
    for side in (-1, 1):
        near, far, half = 3.5 * side, 9.0 * side, 5.0
        corners = ((far, 0.0), (near, -half), (near, half))
        points = [(x, y) if is_vertical else (y, x) for x, y in corners]
        arrow = [middle + QPointF(x, y) * frame.ratio for x, y in points]
        painter.drawPolygon(QPolygonF(arrow))


def _paint_split_labels(painter: QPainter, frame: RenderFrame, *, is_vertical: bool) -> None:
    gap, height = frame.px(_LABEL_GAP), frame.px(_LABEL_HEIGHT)
    before, after = LABELS
    if is_vertical:
        left = QPointF(frame.divider - gap - _label_width(frame, before), gap)
        _paint_label(painter, frame, left, before)
        _paint_label(painter, frame, QPointF(frame.divider + gap, gap), after)
    else:
        _paint_label(painter, frame, QPointF(gap, frame.divider - gap - height), before)
        _paint_label(painter, frame, QPointF(gap, frame.divider + gap), after)


def _paint_label(painter: QPainter, frame: RenderFrame, corner: QPointF, text: str) -> None:
    height = frame.px(_LABEL_HEIGHT)
    box = QRectF(corner.x(), corner.y(), _label_width(frame, text), height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_SHADE)
    painter.drawRoundedRect(box, height / 2, height / 2)
    painter.setFont(_label_font(frame))
    painter.setPen(_WHITE)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


def _label_font(frame: RenderFrame) -> QFont:
    font = QFont()
    font.setPixelSize(frame.px(12))
    return font


def _label_width(frame: RenderFrame, text: str) -> int:
    return QFontMetrics(_label_font(frame)).horizontalAdvance(text) + frame.px(20)
