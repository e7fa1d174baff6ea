"""The drags of the canvas: pan, divider, and a tool's gesture."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QSinglePointEvent

from unblur.ui.canvas.compare import CompareMode
from unblur.ui.canvas.divider import divider_cursor
from unblur.ui.tools.tool import Gesture, Pointer

if TYPE_CHECKING:
    from unblur.ui.canvas.canvas import Canvas


class Drag(Protocol):
    """A press with what follows, until the same button comes up."""

    @property
    def button(self) -> Qt.MouseButton:
        """The button that holds it."""
        ...

    @property
    def cursor(self) -> Qt.CursorShape:
        """The pointer's shape meanwhile."""
        ...

    def move(self, mouse: QSinglePointEvent) -> None:
        """The pointer moved."""
        ...

    def release(self, mouse: QSinglePointEvent) -> None:
        """The button came up."""
        ...

    def cancel(self) -> None:
        """Undo what the drag did."""
        ...


class PanDrag:
    """Moves the photo with the pointer."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, canvas: Canvas, button: Qt.MouseButton, start: QPointF) -> None:
        self.button = button
        self._canvas = canvas
        self._last = start

    def move(self, mouse: QSinglePointEvent) -> None:
        """Pan by as much as the pointer moved."""
        delta = (mouse.position() - self._last) * self._canvas.devicePixelRatioF()
        self._last = mouse.position()
        self._canvas.navigator.pan(delta.x(), delta.y())

    def release(self, mouse: QSinglePointEvent) -> None:
        """Nothing more."""

    def cancel(self) -> None:
        """Nothing: a pan changes no document."""


class DividerDrag:
    """Moves the divider; it keeps its distance to the pointer."""

    def __init__(self, canvas: Canvas, button: Qt.MouseButton, start: QPointF) -> None:
        self.button = button
        self._canvas = canvas
        self._before = canvas.divider
        self._grip = self._place(start) - canvas.divider

    @property
    def cursor(self) -> Qt.CursorShape:
        """Arrows across the line."""
        return divider_cursor(self._canvas.compare_mode)

    def move(self, mouse: QSinglePointEvent) -> None:
        """Follow the pointer."""
        self._canvas.move_divider(self._place(mouse.position()) - self._grip)

    def release(self, mouse: QSinglePointEvent) -> None:
        """Stay where it is."""

    def cancel(self) -> None:
        """Back to where it was."""
        self._canvas.move_divider(self._before)

    def _place(self, position: QPointF) -> float:
        if self._canvas.compare_mode is CompareMode.SPLIT_HORIZONTAL:
            return position.y() / max(1, self._canvas.height())
        return position.x() / max(1, self._canvas.width())


class ToolDrag:
    """Hands the pointer to a tool's gesture."""

    def __init__(
        self,
        gesture: Gesture,
        button: Qt.MouseButton,
        cursor: Qt.CursorShape,
        start: QPointF,
        to_pointer: Callable[..., Pointer],
    ) -> None:
        self.button = button
        self.cursor = cursor
        self._gesture = gesture
        self._last = start
        self._to_pointer = to_pointer

    def move(self, mouse: QSinglePointEvent) -> None:
        """The gesture goes on."""
        self._last = mouse.position()
        self._gesture.move(self._to_pointer(mouse.position(), mouse))

    def release(self, mouse: QSinglePointEvent) -> None:
        """The gesture commits."""
        self._gesture.release(self._to_pointer(mouse.position(), mouse))

    def press_keys(self, keys: Qt.KeyboardModifier) -> None:
        """The keys that constrain the gesture are others now."""
        self._gesture.move(self._to_pointer(self._last, keys=keys))

    def cancel(self) -> None:
        """The gesture takes everything back."""
        self._gesture.cancel()
