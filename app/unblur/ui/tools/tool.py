"""What a tool is: it begins gestures; a gesture turns a drag into one new document.

A tool knows neither the window nor the session. It reads and commits through its
`ToolContext`, which the canvas provides. Positions are photo pixels throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from unblur.document.document import Document
from unblur.document.geometry import Point
from unblur.document.region import Region, RegionId
from unblur.document.shapes import Shape
from unblur.ui.canvas.view import ViewTransform


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is. `reach` is how far off a handle may be hit, in photo pixels.

    `is_alt` is Alt or Ctrl: many window managers keep Alt for moving windows. `pressure` in
    [0, 1] is that of a tablet's pen, None without one; `is_eraser` that it is turned over.
    """

    position: Point
    reach: float = 0.0
    is_shift: bool = False
    is_alt: bool = False
    pressure: float | None = None
    is_eraser: bool = False


class ToolContext(Protocol):
    """What a tool may see and do."""

    @property
    def document(self) -> Document | None:
        """The document that is shown, without any preview."""
        ...

    @property
    def shown(self) -> Document | None:
        """The document as it is shown, with the preview of a gesture."""
        ...

    @property
    def selected(self) -> RegionId | None:
        """The selected region."""
        ...

    def new_region(self, *shapes: Shape) -> Region:
        """A region with the default model and a name that is in no document yet."""
        ...

    def preview(self, document: Document | None) -> None:
        """Show `document` while a gesture goes on; None returns to the real one."""
        ...

    def commit(self, document: Document, text: str) -> None:
        """Make `document` the real one, as one step that can be undone."""
        ...

    def select(self, region_id: RegionId | None) -> None:
        """Choose a region, or none."""
        ...


class Gesture(Protocol):
    """One drag, from press to release; it commits on release and only there."""

    def move(self, pointer: Pointer) -> None:
        """The pointer moved with the button down, or a key for a constraint did."""
        ...

    def release(self, pointer: Pointer) -> None:
        """The button came up: commit."""
        ...

    def cancel(self) -> None:
        """Leave everything as it was before the press."""
        ...


class Tool(Protocol):
    """Begins gestures and says what the pointer looks like."""

    @property
    def draws(self) -> bool:
        """Whether strokes begin anywhere: then only the divider's handle is the divider's."""
        ...

    @property
    def protects(self) -> bool:
        """Whether it draws what is protected, which is shown then."""
        ...

    def begin(self, context: ToolContext, pointer: Pointer) -> Gesture | None:
        """Start a gesture, or None when a press here means nothing."""
        ...

    def cursor(self, context: ToolContext, pointer: Pointer) -> Qt.CursorShape:
        """The pointer's shape at a position."""
        ...

    def paint(
        self, painter: QPainter, view: ViewTransform, context: ToolContext, pointer: Pointer | None
    ) -> None:
        """Draw handles, a sketch or a brush ring, in device pixels of the viewport."""
        ...

    def extent(self, view: ViewTransform, context: ToolContext, pointer: Pointer | None) -> QRectF:
        """Where `paint` draws now, in the same pixels; empty where it draws nothing."""
        ...
