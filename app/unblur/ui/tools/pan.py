"""The hand: drags move the photo, which is the canvas's own business."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from unblur.ui.canvas.view import ViewTransform
from unblur.ui.tools.tool import Gesture, Pointer, ToolContext


class PanTool:
    """Begins no gesture of its own: the canvas pans where no tool takes the press."""

    draws = False
    protects = False

    def begin(self, context: ToolContext, pointer: Pointer) -> Gesture | None:
        """None: the canvas pans."""
        del context, pointer
        return None

    def cursor(self, context: ToolContext, pointer: Pointer) -> Qt.CursorShape:
        """An open hand."""
        del context, pointer
        return Qt.CursorShape.OpenHandCursor

    def paint(
        self, painter: QPainter, view: ViewTransform, context: ToolContext, pointer: Pointer | None
    ) -> None:
        """Nothing."""

    def extent(self, view: ViewTransform, context: ToolContext, pointer: Pointer | None) -> QRectF:
        """Nowhere."""
        del view, context, pointer
        return QRectF()
