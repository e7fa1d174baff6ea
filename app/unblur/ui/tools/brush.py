"""The brushes: strokes that add to a region's mask, take away from it, or protect the photo."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from unblur.document.document import Document
from unblur.document.region import RegionId
from unblur.document.shapes import BrushStroke, Mode, Pressure
from unblur.ui.canvas.view import ViewTransform
from unblur.ui.tools.lines import line_margin, stroke_circle, stroke_cross
from unblur.ui.tools.options import DEFAULT_RADIUS, BrushTip, DrawMode, ToolOptions
from unblur.ui.tools.placing import mode_at, place_for
from unblur.ui.tools.tool import Gesture, Pointer, ToolContext

_SPACING = 0.15  # of the radius: nearer points change nothing that can be seen
_MIN_SPACING = 0.5
_SMALL_RING = 4.0  # logical pixels: a cross shows where a smaller ring is
_VERBS = {Mode.ADD: "Brush", Mode.SUBTRACT: "Erase", Mode.INTERSECT: "Intersect Brush"}


class StrokeGesture:
    """Draws one stroke; `drawn` is the document with the stroke so far."""

    def __init__(
        self,
        context: ToolContext,
        stroke: BrushStroke,
        drawn: Callable[[BrushStroke], Document],
        text: str,
        selects: RegionId | None = None,
    ) -> None:
        self._context = context
        self._stroke = stroke
        self._drawn = drawn
        self._text = text
        self._selects = selects
        self._show()

    def move(self, pointer: Pointer) -> None:
        """Draw on, unless the pointer has hardly moved."""
        last = self._stroke.points[-1]
        distance = math.hypot(pointer.position.x - last.x, pointer.position.y - last.y)
        if distance >= max(_MIN_SPACING, _SPACING * self._stroke.radius):
            pressure = 1.0 if pointer.pressure is None else pointer.pressure
            self._stroke = self._stroke.with_point(pointer.position, pressure)
            self._show()

    def release(self, pointer: Pointer) -> None:
        """Commit the stroke, up to where the pointer was let go."""
        if pointer.position != self._stroke.points[-1]:
            # A pen that is lifted presses no more: its end is as wide as it was before.
            pressure = self._stroke.pressures[-1] if self._stroke.pressures else 1.0
            self._stroke = self._stroke.with_point(pointer.position, pressure)
        self._context.commit(self._drawn(self._stroke), self._text)
        if self._selects is not None:
            self._context.select(self._selects)

    def cancel(self) -> None:
        """As if nothing was drawn."""
        self._context.preview(None)

    def _show(self) -> None:
        self._context.preview(self._drawn(self._stroke))


class BrushTool:
    """Paints into the selected region, or begins a new one."""

    draws = True
    protects = False

    def __init__(self, radius: float = DEFAULT_RADIUS, options: ToolOptions | None = None) -> None:
        self._options = options or ToolOptions(BrushTip(radius))

    @property
    def tip(self) -> BrushTip:
        """Size, hardness and pressure; brushes of one window share it."""
        return self._options.tip

    @property
    def radius(self) -> float:
        """Half the brush's width in photo pixels."""
        return self.tip.radius

    def resize(self, notches: float) -> None:
        """Larger or smaller by so many steps."""
        self.tip.resize(notches)

    def begin(self, context: ToolContext, pointer: Pointer) -> Gesture | None:
        """Begin a stroke."""
        is_erasing = pointer.is_eraser or self._chosen is DrawMode.SUBTRACT
        place = place_for(context, DrawMode.SUBTRACT if is_erasing else self._chosen, pointer)
        if place is None:
            return None
        return StrokeGesture(
            context,
            self._stroke(pointer, place.mode),
            place.placed,
            _VERBS[place.mode],
            place.region.id if place.is_new else None,
        )

    def cursor(self, context: ToolContext, pointer: Pointer) -> Qt.CursorShape:
        """None: the ring is the cursor."""
        del context, pointer
        return Qt.CursorShape.BlankCursor

    def paint(
        self, painter: QPainter, view: ViewTransform, context: ToolContext, pointer: Pointer | None
    ) -> None:
        """The ring, within it one for the hard part, and a cross where a ring says too little."""
        del context
        if pointer is None:
            return
        ratio = painter.device().devicePixelRatio()
        at, radius = self._ring(view, pointer)
        stroke_circle(painter, at, radius, ratio)
        hard = radius * self.tip.hardness
        if self.tip.hardness < 1.0 and hard > _SMALL_RING * ratio:
            painter.setOpacity(0.5)
            stroke_circle(painter, at, hard, ratio)
            painter.setOpacity(1.0)
        if radius < _SMALL_RING * ratio or radius > min(view.viewport) / 2:
            stroke_cross(painter, at, ratio)

    def extent(self, view: ViewTransform, context: ToolContext, pointer: Pointer | None) -> QRectF:
        """Where the ring is."""
        del context
        if pointer is None:
            return QRectF()
        at, radius = self._ring(view, pointer)
        reach = radius + line_margin(3.0)  # whatever the display scale
        return QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)

    @property
    def _chosen(self) -> DrawMode:
        return self._options.brush_mode

    def _stroke(self, pointer: Pointer, mode: Mode) -> BrushStroke:
        tip = self.tip
        is_pressed = pointer.pressure is not None and tip.pressure is not Pressure.NOTHING
        return BrushStroke(
            (pointer.position,),
            tip.radius,
            mode,
            tip.hardness,
            (pointer.pressure or 0.0,) if is_pressed else (),
            tip.pressure if is_pressed else Pressure.NOTHING,
        )

    def _ring(self, view: ViewTransform, pointer: Pointer) -> tuple[QPointF, float]:
        return QPointF(*view.to_view(pointer.position)), self.tip.radius * view.scale


class EraserTool(BrushTool):
    """Takes away from the selected region, or from the one under the pointer."""

    @property
    def _chosen(self) -> DrawMode:
        return DrawMode.SUBTRACT


class ProtectTool(BrushTool):
    """Paints over what keeps the original, whatever the regions say."""

    protects = True

    def begin(self, context: ToolContext, pointer: Pointer) -> Gesture | None:
        """Begin a stroke; Alt or the pen's other end takes protection away again."""
        document = context.document
        if document is None:
            return None
        chosen = DrawMode.SUBTRACT if pointer.is_eraser else self._chosen
        mode = mode_at(chosen, pointer, has_target=bool(document.protection)).mode
        if mode is not Mode.ADD and not document.protection:
            return None
        verb = {Mode.ADD: "Protect", Mode.SUBTRACT: "Unprotect", Mode.INTERSECT: "Protect Within"}

        def drawn(stroke: BrushStroke) -> Document:
            return replace(document, protection=(*document.protection, stroke))

        return StrokeGesture(context, self._stroke(pointer, mode), drawn, verb[mode])
