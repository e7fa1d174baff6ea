"""The rectangle tool: draws new regions, and moves and resizes the selected one."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from unblur.document.document import Document
from unblur.document.geometry import Point, Rect
from unblur.document.region import Region
from unblur.document.shapes import Rectangle
from unblur.ui.canvas.view import ViewTransform
from unblur.ui.tools.handles import Handle, handle_at, handle_points, moved, resized
from unblur.ui.tools.hit import region_at
from unblur.ui.tools.tool import Gesture, Pointer, ToolContext

MIN_SIDE = 8  # photo pixels: less is a slip of the hand, and too little to restore
_HANDLE_SIDE = 9.0  # device pixels at display scale 1


class DrawGesture:
    """Draws a new rectangle; a click without a drag selects what lies under it."""

    def __init__(self, context: ToolContext, document: Document, start: Pointer) -> None:
        self._context = context
        self._document = document
        self._start = start
        self._region: Region | None = None

    def move(self, pointer: Pointer) -> None:
        """Show the rectangle so far; with Shift it is a square."""
        rect = self._rect(pointer)
        if min(rect.size) < MIN_SIDE:
            self._context.preview(None)
            self._region = None
            return
        if self._region is None:
            self._region = self._context.new_region(Rectangle(rect))
        self._region = replace(self._region, shapes=(Rectangle(rect),))
        self._context.preview(self._document.with_region(self._region))

    def release(self, pointer: Pointer) -> None:
        """Commit the rectangle, or select."""
        self.move(pointer)
        if self._region is not None:
            self._context.commit(self._document.with_region(self._region), "Draw Rectangle")
            self._context.select(self._region.id)
            return
        region = region_at(self._document, self._start.position)
        self._context.select(region.id if region else None)

    def cancel(self) -> None:
        """As if nothing was drawn."""
        self._context.preview(None)

    def _rect(self, pointer: Pointer) -> Rect:
        start, end = self._start.position, pointer.position
        if pointer.is_shift:
            side = max(abs(end.x - start.x), abs(end.y - start.y))
            end = Point(
                start.x + (side if end.x >= start.x else -side),
                start.y + (side if end.y >= start.y else -side),
            )
        drawn = Rect.around(_rounded(start), _rounded(end))
        return drawn.intersected(self._document.photo.rect)


class AdjustGesture:
    """Moves the selected rectangle or one of its edges and corners."""

    def __init__(
        self,
        context: ToolContext,
        document: Document,
        region: Region,
        handle: Handle | None,
        start: Pointer,
    ) -> None:
        self._context = context
        self._document = document
        self._region = region
        self._rect = rect_of(region) or Rect(0, 0, 0, 0)
        self._handle = handle
        self._start = start
        self._after: Region | None = None

    def move(self, pointer: Pointer) -> None:
        """Show where it is now."""
        dx = round(pointer.position.x - self._start.position.x)
        dy = round(pointer.position.y - self._start.position.y)
        photo = self._document.photo.rect
        if self._handle is None:
            rect = moved(self._rect, dx, dy, photo)
        else:
            rect = resized(self._rect, self._handle, dx, dy, photo, MIN_SIDE)
        self._after = None
        if rect != self._rect:
            self._after = replace(self._region, shapes=(Rectangle(rect),))
        self._context.preview(self._document.with_region(self._after) if self._after else None)

    def release(self, pointer: Pointer) -> None:
        """Commit, unless it is where it was."""
        self.move(pointer)
        if self._after is not None:
            text = "Move Rectangle" if self._handle is None else "Resize Rectangle"
            self._context.commit(self._document.with_region(self._after), text)

    def cancel(self) -> None:
        """Back to where it was."""
        self._context.preview(None)


class RectangleTool:
    """Handles of the selected rectangle first, then its inside, else a new rectangle."""

    draws = False
    follows_pointer = False

    def begin(self, context: ToolContext, pointer: Pointer) -> Gesture | None:
        """Adjust the selected rectangle, or draw a new one."""
        document = context.document
        if document is None:
            return None
        region = selected_rectangle(context)
        if region is not None:
            rect = rect_of(region)
            assert rect is not None
            handle = handle_at(rect, pointer.position, pointer.reach)
            if handle is not None or rect.contains_point(pointer.position):
                return AdjustGesture(context, document, region, handle, pointer)
        return DrawGesture(context, document, pointer)

    def cursor(self, context: ToolContext, pointer: Pointer) -> Qt.CursorShape:
        """What a press would do."""
        region = selected_rectangle(context)
        rect = rect_of(region) if region else None
        if rect is None:
            return Qt.CursorShape.CrossCursor
        handle = handle_at(rect, pointer.position, pointer.reach)
        if handle is not None:
            return _CURSORS[handle]
        is_inside = rect.contains_point(pointer.position)
        return Qt.CursorShape.SizeAllCursor if is_inside else Qt.CursorShape.CrossCursor

    def paint(
        self, painter: QPainter, view: ViewTransform, context: ToolContext, pointer: Pointer | None
    ) -> None:
        """Handles of the selected rectangle."""
        del pointer
        region = selected_rectangle(context)
        rect = rect_of(region) if region else None
        if rect is None:
            return
        side = _HANDLE_SIDE * painter.device().devicePixelRatio()
        painter.setPen(QPen(QColor(0, 0, 0, 190), max(1.0, side / 9)))
        painter.setBrush(QColor(255, 255, 255))
        for point in handle_points(rect).values():
            at = view.to_view(point)
            painter.drawRect(QRectF(at.x - side / 2, at.y - side / 2, side, side))


def rect_of(region: Region) -> Rect | None:
    """The rectangle of a region that is one, or None."""
    is_one = len(region.shapes) == 1 and isinstance(region.shapes[0], Rectangle)
    shape = region.shapes[0] if is_one else None
    return shape.rect if isinstance(shape, Rectangle) else None


def selected_rectangle(context: ToolContext) -> Region | None:
    """The selected region, if it is one rectangle, as it is shown now."""
    document = context.shown
    if document is None or context.selected is None:
        return None
    region = document.region(context.selected)
    return region if region is not None and rect_of(region) is not None else None


def _rounded(point: Point) -> Point:
    return Point(round(point.x), round(point.y))


_CURSORS = {
    Handle.TOP_LEFT: Qt.CursorShape.SizeFDiagCursor,
    Handle.BOTTOM_RIGHT: Qt.CursorShape.SizeFDiagCursor,
    Handle.TOP_RIGHT: Qt.CursorShape.SizeBDiagCursor,
    Handle.BOTTOM_LEFT: Qt.CursorShape.SizeBDiagCursor,
    Handle.LEFT: Qt.CursorShape.SizeHorCursor,
    Handle.RIGHT: Qt.CursorShape.SizeHorCursor,
    Handle.TOP: Qt.CursorShape.SizeVerCursor,
    Handle.BOTTOM: Qt.CursorShape.SizeVerCursor,
}
