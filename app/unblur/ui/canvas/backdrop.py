"""What lies behind the photo, and what is shown when there is none."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen, QRegion

from unblur.ui.canvas.frame import RenderFrame, area_of, origin_of

_DARK_GREY, _LIGHT_GREY = QColor(38, 38, 38), QColor(214, 214, 214)
_EMPTY_TITLE = "Drop a photo here"
_EMPTY_HINT = "or press Ctrl+O to open one, Ctrl+V to paste"
_DROP_TEXT = "Drop to open"


def is_dark(palette: QPalette) -> bool:
    """Whether the window's theme is a dark one."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def paint_backdrop(painter: QPainter, frame: RenderFrame) -> None:
    """Neutral grey, so that no colour beside the photo changes how its colours look."""
    beside = QRegion(frame.exposed)
    if frame.document is not None:
        for pane in frame.panes:
            photo = frame.photo_area.translated(origin_of(pane))
            beside -= QRegion(photo.intersected(area_of(pane)))
    grey = _DARK_GREY if is_dark(frame.palette) else _LIGHT_GREY
    for rect in beside:  # type: ignore[attr-defined]
        painter.fillRect(rect, grey)


def paint_empty(painter: QPainter, frame: RenderFrame) -> None:
    """The invitation to open a photo."""
    box = _hint_box(frame, 420, 220)
    text = frame.palette.color(QPalette.ColorRole.WindowText)
    _paint_box(painter, frame, box, text, fill=QColor(0, 0, 0, 0))
    middle = box.center().y()
    title = QRectF(box.left(), middle - frame.px(34), box.width(), frame.px(32))
    hint = QRectF(box.left(), middle + frame.px(4), box.width(), frame.px(24))
    _paint_text(painter, frame, title, _EMPTY_TITLE, text, size=20)
    faded = QColor(text)
    faded.setAlphaF(0.65)
    _paint_text(painter, frame, hint, _EMPTY_HINT, faded, size=13)


def paint_drop_hint(painter: QPainter, frame: RenderFrame) -> None:
    """The frame that says that letting go here opens what is being dragged."""
    accent = frame.palette.color(QPalette.ColorRole.Highlight)
    veil = QColor(accent)
    veil.setAlphaF(0.22)
    whole = QRect(0, 0, frame.canvas.width, frame.canvas.height)
    painter.fillRect(whole, veil)
    margin = frame.px(10)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(accent, frame.px(3)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    rect = QRectF(whole).adjusted(margin, margin, -margin, -margin)
    painter.drawRoundedRect(rect, frame.px(8), frame.px(8))
    width, height = frame.px(180), frame.px(40)
    pill = QRectF(whole.width() / 2 - width / 2, whole.height() * 0.75, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(accent)
    painter.drawRoundedRect(pill, height / 2, height / 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    text = frame.palette.color(QPalette.ColorRole.HighlightedText)
    _paint_text(painter, frame, pill, _DROP_TEXT, text, size=15)


def _hint_box(frame: RenderFrame, width: float, height: float) -> QRectF:
    """A box in the canvas's middle, smaller where the canvas is."""
    w = min(frame.px(width), frame.canvas.width - frame.px(16))
    h = min(frame.px(height), frame.canvas.height - frame.px(16))
    return QRectF((frame.canvas.width - w) / 2, (frame.canvas.height - h) / 2, w, h)


def _paint_box(
    painter: QPainter, frame: RenderFrame, box: QRectF, colour: QColor, fill: QColor
) -> None:
    line = QColor(colour)
    line.setAlphaF(0.35)
    pen = QPen(line, frame.px(2), Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([4, 4])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(pen)
    painter.setBrush(fill)
    painter.drawRoundedRect(box, frame.px(12), frame.px(12))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_text(
    painter: QPainter, frame: RenderFrame, box: QRectF, text: str, colour: QColor, size: float
) -> None:
    font = QFont(painter.font())
    font.setPixelSize(frame.px(size))
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
