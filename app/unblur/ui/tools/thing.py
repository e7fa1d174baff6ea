"""The pointing finger: a click asks what the thing under it is, a drag asks with a box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from unblur.document.geometry import Point, Rect
from unblur.ui.canvas.outline import paint_rect
from unblur.ui.canvas.surface import device_rect
from unblur.ui.canvas.view import ViewTransform
from unblur.ui.tools.tool import Gesture, Pointer, ToolContext


@dataclass(frozen=True, slots=True)
class Pointing:
    """What a person pointed at: a place, or a box around something.

    `is_outside` says that the place does not belong to the thing, `is_other` that this is
    another thing than before.
    """

    point: Point | None = None
    box: Rect | None = None
    is_outside: bool = False
    is_other: bool = False


class ThingTool:
    """Points at things; `asked` is told at what. The answer comes later, as an edit."""

    draws = True
    protects = False

    def __init__(self, asked: Callable[[Pointing], None]) -> None:
        self._asked = asked
        self.box: Rect | None = None  # while it is being dragged

    def begin(self, context: ToolContext, pointer: Pointer) -> Gesture | None:
        """A click or a box, on a photo."""
        return _PointingGesture(self, self._asked, pointer) if context.document else None

    def cursor(self, context: ToolContext, pointer: Pointer) -> Qt.CursorShape:
        """A cross, which is seen on any background."""
        del context, pointer
        return Qt.CursorShape.CrossCursor

    def paint(
        self, painter: QPainter, view: ViewTransform, context: ToolContext, pointer: Pointer | None
    ) -> None:
        """The box that is being dragged."""
        del context, pointer
        if self.box is not None:
            paint_rect(painter, device_rect(self.box, view), 1, 1.0)

    def extent(self, view: ViewTransform, context: ToolContext, pointer: Pointer | None) -> QRectF:
        """Around that box."""
        del context, pointer
        if self.box is None:
            return QRectF()
        return QRectF(device_rect(self.box, view)).adjusted(-3, -3, 3, 3)


class _PointingGesture:
    """A click, until the pointer is dragged away: then a box."""

    def __init__(self, tool: ThingTool, asked: Callable[[Pointing], None], start: Pointer) -> None:
        self._tool = tool
        self._asked = asked
        self._start = start

    def move(self, pointer: Pointer) -> None:
        """Draw the box once it is one."""
        here, start = pointer.position, self._start.position
        is_box = max(abs(here.x - start.x), abs(here.y - start.y)) > 2 * self._start.reach
        self._tool.box = Rect.around(start, here) if is_box or self._tool.box else None

    def release(self, pointer: Pointer) -> None:
        """Ask."""
        self.move(pointer)
        box, self._tool.box = self._tool.box, None
        if box is not None and not box.is_empty:
            self._asked(Pointing(box=box, is_other=True))
        else:
            start = self._start
            self._asked(Pointing(start.position, is_outside=start.is_alt, is_other=start.is_shift))

    def cancel(self) -> None:
        """Nothing was asked."""
        self._tool.box = None
