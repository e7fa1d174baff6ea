"""Rectangles and ellipses: new ones are drawn, the selected one is moved and resized."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from unblur.document.document import Document
from unblur.document.geometry import Point, Rect
from unblur.document.region import Region
from unblur.document.shapes import Drawn, Ellipse, Mode, Rectangle
from unblur.ui.canvas.view import ViewTransform
from unblur.ui.tools.drawing import MIN_SIDE, DrawTool
from unblur.ui.tools.handles import Handle, handle_at, handle_points, moved, resized
from unblur.ui.tools.options import DrawMode
from unblur.ui.tools.placing import Constraints, Placing
from unblur.ui.tools.tool import Gesture, Pointer, ToolContext

_HANDLE_SIDE = 9.0  # device pixels at display scale 1
_HANDLE_MARGIN = 24.0  # beyond the rectangle, at any display scale

Box: TypeAlias = Rectangle | Ellipse


class BoxSketch:
    """A box between where the drag began and where the pointer is."""

    def __init__(self, kind: type[Box], start: Pointer, placing: Placing) -> None:
        self._kind = kind
        self._start = start.position
        self._photo = placing.document.photo.rect
        self._constraints = Constraints(start, spends_keys=placing.spends_keys)
        self._rect = Rect(0, 0, 0, 0)

    def follow(self, pointer: Pointer) -> None:
        """Shift gives equal sides, Alt draws from the centre."""
        has_equal_sides, is_centered = self._constraints.follow(pointer)
        start, end = self._start, pointer.position
        if has_equal_sides:
            side = max(abs(end.x - start.x), abs(end.y - start.y))
            end = Point(
                start.x + (side if end.x >= start.x else -side),
                start.y + (side if end.y >= start.y else -side),
            )
        first = Point(2 * start.x - end.x, 2 * start.y - end.y) if is_centered else start
        rect = Rect.around(_rounded(first), _rounded(end))
        # An ellipse beyond the border keeps its form; of a rectangle nothing is lost.
        self._rect = rect if self._kind is Ellipse else rect.intersected(self._photo)

    def shape(self, mode: Mode) -> Drawn | None:
        """The box, unless it is a slip of the hand or lies beside the photo."""
        is_meant = min(self._rect.size) >= MIN_SIDE and self._rect.overlaps(self._photo)
        return self._kind(self._rect, mode) if is_meant else None

    def path(self, view: ViewTransform) -> QPainterPath:
        """Its line."""
        return _path_of(self._kind(self._rect), view)


class AdjustGesture:
    """Moves the selected box or one of its edges and corners."""

    def __init__(
        self,
        context: ToolContext,
        document: Document,
        region: Region,
        handle: Handle | None,
        start: Pointer,
    ) -> None:
        box = box_of(region)
        assert box is not None
        self._context = context
        self._document = document
        self._region = region
        self._box: Box = box
        self._handle = handle
        self._start = start
        self._after: Region | None = None

    def move(self, pointer: Pointer) -> None:
        """Show where it is now."""
        dx = round(pointer.position.x - self._start.position.x)
        dy = round(pointer.position.y - self._start.position.y)
        before = self._box.rect
        # One that reaches beyond the photo may stay there.
        within = self._document.photo.rect.united(before)
        if self._handle is None:
            rect = moved(before, dx, dy, within)
        else:
            rect = resized(before, self._handle, dx, dy, within, MIN_SIDE)
        self._after = None
        if rect != before:
            self._after = replace(self._region, shapes=(replace(self._box, rect=rect),))
        self._context.preview(self._document.with_region(self._after) if self._after else None)

    def release(self, pointer: Pointer) -> None:
        """Commit, unless it is where it was."""
        self.move(pointer)
        if self._after is not None:
            verb = "Move" if self._handle is None else "Resize"
            text = f"{verb} {type(self._box).__name__}"
            self._context.commit(self._document.with_region(self._after), text)

    def cancel(self) -> None:
        """Back to where it was."""
        self._context.preview(None)


class BoxTool(DrawTool):
    """Handles of the selected box first, then its inside, else a new one."""

    kind: type[Box] = Rectangle

    def begin(self, context: ToolContext, pointer: Pointer) -> Gesture | None:
        """Adjust the selected box, or draw a new one."""
        document, region = context.document, self._adjustable(context, pointer)
        box = box_of(region) if region else None
        if document is not None and region is not None and box is not None:
            handle = handle_at(box.rect, pointer.position, pointer.reach)
            if handle is not None or box.rect.contains_point(pointer.position):
                return AdjustGesture(context, document, region, handle, pointer)
        return super().begin(context, pointer)

    def cursor(self, context: ToolContext, pointer: Pointer) -> Qt.CursorShape:
        """What a press would do."""
        region = self._adjustable(context, pointer)
        box = box_of(region) if region else None
        if box is None:
            return Qt.CursorShape.CrossCursor
        handle = handle_at(box.rect, pointer.position, pointer.reach)
        if handle is not None:
            return _CURSORS[handle]
        is_inside = box.rect.contains_point(pointer.position)
        return Qt.CursorShape.SizeAllCursor if is_inside else Qt.CursorShape.CrossCursor

    def paint(
        self, painter: QPainter, view: ViewTransform, context: ToolContext, pointer: Pointer | None
    ) -> None:
        """The line that is being drawn, or the handles of the selected box."""
        super().paint(painter, view, context, pointer)
        region = self._adjustable(context, pointer)
        box = box_of(region) if region and self._path(view).isEmpty() else None
        if box is None:
            return
        side = _HANDLE_SIDE * painter.device().devicePixelRatio()
        painter.setPen(QPen(QColor(0, 0, 0, 190), max(1.0, side / 9)))
        painter.setBrush(QColor(255, 255, 255))
        for point in handle_points(box.rect).values():
            at = view.to_view(point)
            painter.drawRect(QRectF(at.x - side / 2, at.y - side / 2, side, side))

    def extent(self, view: ViewTransform, context: ToolContext, pointer: Pointer | None) -> QRectF:
        """Where the line is, and the handles."""
        extent = super().extent(view, context, pointer)
        region = selected_box(context)
        box = box_of(region) if region else None
        if box is None:
            return extent
        margin = _HANDLE_MARGIN
        handles = _path_of(Rectangle(box.rect), view).boundingRect()
        return extent.united(handles.adjusted(-margin, -margin, margin, margin))

    def _sketch(self, pointer: Pointer, placing: Placing) -> BoxSketch:
        return BoxSketch(self.kind, pointer, placing)

    def _adjustable(self, context: ToolContext, pointer: Pointer | None) -> Region | None:
        """The selected box, while a press would not draw into it instead."""
        has_keys = pointer is not None and (pointer.is_shift or pointer.is_alt)
        is_new = self._options.shape_mode is DrawMode.NEW and not has_keys
        return selected_box(context) if is_new else None


class RectangleTool(BoxTool):
    """Draws rectangles of whole pixels."""

    kind = Rectangle
    noun = "Rectangle"


class EllipseTool(BoxTool):
    """Draws ellipses."""

    kind = Ellipse
    noun = "Ellipse"


def box_of(region: Region) -> Box | None:
    """The box of a region that is one and nothing else, or None."""
    shape = region.shapes[0] if len(region.shapes) == 1 else None
    return shape if isinstance(shape, Rectangle | Ellipse) else None


def rect_of(region: Region) -> Rect | None:
    """The rectangle around that box, or None."""
    box = box_of(region)
    return box.rect if box else None


def selected_box(context: ToolContext) -> Region | None:
    """The selected region, if it is one box, as it is shown now."""
    document = context.shown
    if document is None or context.selected is None:
        return None
    region = document.region(context.selected)
    return region if region is not None and box_of(region) is not None else None


def _path_of(box: Box, view: ViewTransform) -> QPainterPath:
    first = view.to_view(Point(box.rect.left, box.rect.top))
    last = view.to_view(Point(box.rect.right, box.rect.bottom))
    frame = QRectF(first.x, first.y, last.x - first.x, last.y - first.y)
    path = QPainterPath()
    if isinstance(box, Ellipse):
        path.addEllipse(frame)
    else:
        path.addRect(frame)
    return path


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
