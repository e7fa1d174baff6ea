"""The brush and the eraser: strokes that add to a region's mask or take away from it."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from unblur.document.document import Document
from unblur.document.geometry import Point
from unblur.document.region import Region
from unblur.document.shapes import BrushStroke, Mode
from unblur.ui.canvas.view import ViewTransform
from unblur.ui.tools.hit import region_at
from unblur.ui.tools.tool import Gesture, Pointer, ToolContext

MIN_RADIUS, MAX_RADIUS, DEFAULT_RADIUS = 1.0, 1000.0, 40.0
_STEP = 1.15  # one notch, one key press
_SPACING = 0.15  # of the radius: nearer points change nothing that can be seen
_MIN_SPACING = 0.5
_RING = 1.5  # logical pixels: one would be grey where it falls between two pixels


class StrokeGesture:
    """Draws one stroke into `region`."""

    def __init__(
        self,
        context: ToolContext,
        document: Document,
        region: Region,
        stroke: BrushStroke,
        *,
        is_new: bool,
    ) -> None:
        self._context = context
        self._document = document
        self._region = region
        self._stroke = stroke
        self._is_new = is_new
        self._show()

    def move(self, pointer: Pointer) -> None:
        """Draw on, unless the pointer has hardly moved."""
        last = self._stroke.points[-1]
        distance = math.hypot(pointer.position.x - last.x, pointer.position.y - last.y)
        if distance >= max(_MIN_SPACING, _SPACING * self._stroke.radius):
            self._stroke = self._stroke.with_point(pointer.position)
            self._show()

    def release(self, pointer: Pointer) -> None:
        """Commit the stroke, up to where the pointer was let go."""
        if pointer.position != self._stroke.points[-1]:
            self._stroke = self._stroke.with_point(pointer.position)
        text = "Erase" if self._stroke.mode is Mode.SUBTRACT else "Brush"
        self._context.commit(self._drawn(), text)
        if self._is_new:
            self._context.select(self._region.id)

    def cancel(self) -> None:
        """As if nothing was drawn."""
        self._context.preview(None)

    def _drawn(self) -> Document:
        return self._document.with_region(self._region.with_shape(self._stroke))

    def _show(self) -> None:
        self._context.preview(self._drawn())


class BrushTool:
    """Paints into the selected region, or begins a new one."""

    draws = True
    follows_pointer = True
    erases = False

    def __init__(self, radius: float = DEFAULT_RADIUS) -> None:
        self._radius = min(MAX_RADIUS, max(MIN_RADIUS, radius))

    @property
    def radius(self) -> float:
        """Half the brush's width in photo pixels."""
        return self._radius

    def set_radius(self, radius: float) -> None:
        """Another size, kept within its limits."""
        self._radius = min(MAX_RADIUS, max(MIN_RADIUS, radius))

    def resize(self, notches: float) -> None:
        """Larger or smaller by so many steps."""
        self.set_radius(self._radius * _STEP**notches)

    def begin(self, context: ToolContext, pointer: Pointer) -> Gesture | None:
        """Begin a stroke."""
        document = context.document
        if document is None:
            return None
        stroke = BrushStroke(
            (pointer.position,), self._radius, Mode.SUBTRACT if self.erases else Mode.ADD
        )
        region = self._target(context, document, pointer.position)
        if region is not None:
            return StrokeGesture(context, document, region, stroke, is_new=False)
        if self.erases:
            return None
        # The gesture paints the first stroke itself, so the region begins without shapes.
        fresh = context.new_region()
        return StrokeGesture(context, document, fresh, stroke, is_new=True)

    def cursor(self, context: ToolContext, pointer: Pointer) -> Qt.CursorShape:
        """None: the ring is the cursor."""
        del context, pointer
        return Qt.CursorShape.BlankCursor

    def paint(
        self, painter: QPainter, view: ViewTransform, context: ToolContext, pointer: Pointer | None
    ) -> None:
        """The ring: white, and black one pixel inside, so that it shows on any photo."""
        del context
        if pointer is None:
            return
        ratio = painter.device().devicePixelRatio()
        at = view.to_view(pointer.position)
        radius = self._radius * view.scale
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, inset in ((QColor(0, 0, 0), _RING * ratio), (QColor(255, 255, 255), 0.0)):
            painter.setPen(QPen(colour, _RING * ratio))
            size = max(ratio, radius - inset)
            painter.drawEllipse(QPointF(at.x, at.y), size, size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _target(self, context: ToolContext, document: Document, point: Point) -> Region | None:
        """The selected region, unless painting could not change it."""
        del point
        region = document.region(context.selected) if context.selected else None
        return None if region is None or region.is_whole_photo else region


class EraserTool(BrushTool):
    """Takes away from the selected region, or from the one under the pointer."""

    erases = True

    def _target(self, context: ToolContext, document: Document, point: Point) -> Region | None:
        region = document.region(context.selected) if context.selected else None
        return region or region_at(document, point)
