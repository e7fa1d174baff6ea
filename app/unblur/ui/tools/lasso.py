"""The lasso: a line drawn by hand around something; it closes itself."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF

from unblur.document.geometry import Point
from unblur.document.shapes import Drawn, Lasso, Mode
from unblur.ui.canvas.view import ViewTransform
from unblur.ui.tools.drawing import MIN_SIDE, DrawTool
from unblur.ui.tools.placing import Placing
from unblur.ui.tools.tool import Pointer

_SPACING = 0.15  # of the pointer's reach: about a pixel on the screen, at any zoom
_MIN_SPACING = 0.5  # photo pixels


class LassoSketch:
    """The points that the pointer went through."""

    def __init__(self, start: Pointer) -> None:
        self._points = [start.position]
        self._end = start.position

    def follow(self, pointer: Pointer) -> None:
        """One more point, unless the pointer has hardly moved."""
        self._end = pointer.position
        last = self._points[-1]
        distance = math.hypot(self._end.x - last.x, self._end.y - last.y)
        if distance >= max(_MIN_SPACING, _SPACING * pointer.reach):
            self._points.append(self._end)

    def shape(self, mode: Mode) -> Drawn | None:
        """The closed line, unless it encloses next to nothing."""
        points = self._all
        xs, ys = [point.x for point in points], [point.y for point in points]
        if len(points) < 3 or min(max(xs) - min(xs), max(ys) - min(ys)) < MIN_SIDE:
            return None
        return Lasso(tuple(points), mode)

    def path(self, view: ViewTransform) -> QPainterPath:
        """The line, with the straight way back to its beginning."""
        path = QPainterPath()
        path.addPolygon(QPolygonF([QPointF(*view.to_view(point)) for point in self._all]))
        path.closeSubpath()
        return path

    @property
    def _all(self) -> list[Point]:
        return self._points if self._end == self._points[-1] else [*self._points, self._end]


class LassoTool(DrawTool):
    """Draws around things by hand."""

    draws = True
    noun = "Lasso"

    def _sketch(self, pointer: Pointer, placing: Placing) -> LassoSketch:
        del placing
        return LassoSketch(pointer)
