"""The face tool: a click finds a face that was missed, a drag draws its oval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt

from unblur.document.document import Document
from unblur.document.geometry import Point
from unblur.document.region import Region
from unblur.document.shapes import Ellipse, Mode
from unblur.ui.tools.box import BoxSketch, EllipseTool, box_of
from unblur.ui.tools.drawing import DrawGesture
from unblur.ui.tools.hit import region_at
from unblur.ui.tools.placing import Placing
from unblur.ui.tools.tool import Gesture, Pointer, ToolContext


class FaceTool(EllipseTool):
    """Points at faces, draws ovals around them, and adjusts the selected one as others do.

    `found_at` is told where a face is, which is answered later, by an edit; `drawn` is told
    the oval that was drawn around one.
    """

    draws = True
    noun = "Face"

    def __init__(self, found_at: Callable[[Point], None], drawn: Callable[[Ellipse], None]) -> None:
        super().__init__()
        self._found_at = found_at
        self._drawn = drawn

    def begin(self, context: ToolContext, pointer: Pointer) -> Gesture | None:
        """Adjust the selected oval, or point at a face, whichever keys are down."""
        gesture = super().begin(context, replace(pointer, is_shift=False, is_alt=False))
        if not isinstance(gesture, DrawGesture):
            return gesture
        self._gesture = _FaceGesture(context, gesture.placing, pointer, self)
        return self._gesture

    def cursor(self, context: ToolContext, pointer: Pointer) -> Qt.CursorShape:
        """A finger over another oval, which a click selects; else what a press would do."""
        shape = super().cursor(context, pointer)
        other = _oval_at(context.document, pointer.position)
        is_free = shape is Qt.CursorShape.CrossCursor
        return Qt.CursorShape.PointingHandCursor if is_free and other is not None else shape

    def click(self, context: ToolContext, place: Point) -> None:
        """Select the oval there, or look for a face."""
        there = _oval_at(context.document, place)
        if there is not None:
            context.select(there.id)
        elif context.document is not None and context.document.photo.rect.contains_point(place):
            self._found_at(place)

    def draw(self, oval: Ellipse) -> None:
        """Take an oval as that of a face."""
        self._drawn(oval)


class _FaceGesture(DrawGesture):
    """A click, until the pointer is dragged away: then an oval."""

    def __init__(
        self, context: ToolContext, placing: Placing, start: Pointer, tool: FaceTool
    ) -> None:
        sketch = BoxSketch(Ellipse, start, placing)
        super().__init__(context, placing, start.position, sketch, FaceTool.noun)
        self._tool = tool
        self._reach = start.reach
        self._is_drag = False

    def move(self, pointer: Pointer) -> None:
        """Draw on, once it is more than an unsteady hand."""
        here, start = pointer.position, self._start
        if max(abs(here.x - start.x), abs(here.y - start.y)) > 2 * self._reach:
            self._is_drag = True
        if self._is_drag:
            super().move(pointer)

    def release(self, pointer: Pointer) -> None:
        """Take the oval, or look for a face."""
        self.move(pointer)
        self.is_over = True
        oval = self._sketch.shape(Mode.ADD) if self._is_drag else None
        if isinstance(oval, Ellipse):
            self._tool.draw(oval)
        elif not self._is_drag:
            self._tool.click(self._context, self._start)


def _oval_at(document: Document | None, place: Point) -> Region | None:
    """The region on top there, if it is one oval."""
    region = region_at(document, place) if document is not None else None
    return region if region is not None and isinstance(box_of(region), Ellipse) else None
