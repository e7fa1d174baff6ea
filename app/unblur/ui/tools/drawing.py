"""Tools that draw one shape at a time: a line follows the pointer, the release adds it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Protocol

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from unblur.document.document import Document
from unblur.document.geometry import Point
from unblur.document.shapes import Drawn, Mode
from unblur.ui.canvas.view import ViewTransform
from unblur.ui.tools.hit import region_at
from unblur.ui.tools.lines import line_margin, stroke_path
from unblur.ui.tools.options import ToolOptions
from unblur.ui.tools.placing import Placing, place_for
from unblur.ui.tools.tool import Gesture, Pointer, ToolContext

MIN_SIDE = 8  # photo pixels: less is a slip of the hand, and too little to restore


class Sketch(Protocol):
    """A shape that is being drawn."""

    def follow(self, pointer: Pointer) -> None:
        """The pointer moved, or a key for a constraint did."""
        ...

    def shape(self, mode: Mode) -> Drawn | None:
        """What was drawn, or None while it is too small to be meant."""
        ...

    def path(self, view: ViewTransform) -> QPainterPath:
        """Its line in device pixels of the viewport."""
        ...


class DrawGesture:
    """Draws one shape; a click without a drag selects what lies under it."""

    def __init__(
        self, context: ToolContext, placing: Placing, start: Point, sketch: Sketch, noun: str
    ) -> None:
        self._context = context
        self.placing = placing
        self._start = start
        self._sketch = sketch
        self._noun = noun
        self.is_over = False

    @property
    def document(self) -> Document:
        """What the gesture began on."""
        return self.placing.document

    def move(self, pointer: Pointer) -> None:
        """Draw on."""
        self._sketch.follow(pointer)

    def release(self, pointer: Pointer) -> None:
        """Commit the shape, or select."""
        self._sketch.follow(pointer)
        self.is_over = True
        shape = self._sketch.shape(self.placing.mode)
        if shape is None:
            region = region_at(self.document, self._start)
            self._context.select(region.id if region else None)
            return
        self._context.commit(self.placing.placed(shape), self.placing.text(self._noun))
        if self.placing.is_new:
            self._context.select(self.placing.region.id)

    def cancel(self) -> None:
        """As if nothing was drawn."""
        self.is_over = True

    def path(self, view: ViewTransform) -> QPainterPath:
        """The line so far; empty while it is too small to be meant."""
        is_meant = not self.is_over and self._sketch.shape(self.placing.mode) is not None
        return self._sketch.path(view) if is_meant else QPainterPath()


class DrawTool(ABC):
    """Begins sketches and paints the one that is being drawn."""

    draws = False
    protects = False
    noun = ""

    def __init__(self, options: ToolOptions | None = None) -> None:
        self._options = options or ToolOptions()
        self._gesture: DrawGesture | None = None

    def begin(self, context: ToolContext, pointer: Pointer) -> Gesture | None:
        """Begin a shape."""
        placing = place_for(context, self._options.shape_mode, pointer)
        if placing is None:
            return None
        sketch = self._sketch(pointer, placing)
        self._gesture = DrawGesture(context, placing, pointer.position, sketch, self.noun)
        return self._gesture

    def cursor(self, context: ToolContext, pointer: Pointer) -> Qt.CursorShape:
        """Crosshairs."""
        del context, pointer
        return Qt.CursorShape.CrossCursor

    def paint(
        self, painter: QPainter, view: ViewTransform, context: ToolContext, pointer: Pointer | None
    ) -> None:
        """The line of the shape that is being drawn."""
        del context, pointer
        path = self._path(view)
        if not path.isEmpty():
            stroke_path(painter, path, painter.device().devicePixelRatio())

    def extent(self, view: ViewTransform, context: ToolContext, pointer: Pointer | None) -> QRectF:
        """Where that line is."""
        del context, pointer
        path = self._path(view)
        margin = line_margin(3.0)  # whatever the display scale
        return QRectF() if path.isEmpty() else _widened(path.boundingRect(), margin)

    @abstractmethod
    def _sketch(self, pointer: Pointer, placing: Placing) -> Sketch:
        """What a press at `pointer` begins."""

    def _path(self, view: ViewTransform) -> QPainterPath:
        return self._gesture.path(view) if self._gesture else QPainterPath()


def _widened(rect: QRectF, margin: float) -> QRectF:
    return rect.adjusted(-margin, -margin, margin, margin)
