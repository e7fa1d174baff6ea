"""The arrow: a click selects the topmost region under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from unblur.ui.canvas.view import ViewTransform
from unblur.ui.tools.hit import region_at
from unblur.ui.tools.tool import Gesture, Pointer, ToolContext


class ClickGesture:
    """Selects on release, if the pointer has not been dragged away."""

    def __init__(self, context: ToolContext, start: Pointer) -> None:
        self._context = context
        self._start = start
        self._is_click = True

    def move(self, pointer: Pointer) -> None:
        """A drag is no click."""
        dx = pointer.position.x - self._start.position.x
        dy = pointer.position.y - self._start.position.y
        if max(abs(dx), abs(dy)) > self._start.reach:
            self._is_click = False

    def release(self, pointer: Pointer) -> None:
        """Select what lies under the pointer, or nothing."""
        self.move(pointer)
        document = self._context.document
        if self._is_click and document is not None:
            region = region_at(document, self._start.position)
            self._context.select(region.id if region else None)

    def cancel(self) -> None:
        """Nothing happened yet."""


class SelectTool:
    """Selects regions; a click beside them deselects."""

    draws = False
    protects = False

    def begin(self, context: ToolContext, pointer: Pointer) -> Gesture | None:
        """A click."""
        return ClickGesture(context, pointer)

    def cursor(self, context: ToolContext, pointer: Pointer) -> Qt.CursorShape:
        """A finger over a region that a click would select."""
        document = context.document
        region = region_at(document, pointer.position) if document else None
        is_other = region is not None and region.id != context.selected
        return Qt.CursorShape.PointingHandCursor if is_other else Qt.CursorShape.ArrowCursor

    def paint(
        self, painter: QPainter, view: ViewTransform, context: ToolContext, pointer: Pointer | None
    ) -> None:
        """Nothing."""

    def extent(self, view: ViewTransform, context: ToolContext, pointer: Pointer | None) -> QRectF:
        """Nowhere."""
        del view, context, pointer
        return QRectF()
