"""Everything a paint needs to know, frozen at its beginning."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPalette

from unblur.document.document import Document
from unblur.document.geometry import Rect, Size
from unblur.document.region import RegionId
from unblur.ui.canvas.compare import CompareMode, Pane
from unblur.ui.canvas.levels import level_for
from unblur.ui.canvas.surface import device_rect
from unblur.ui.canvas.view import ViewTransform


@dataclass(frozen=True, slots=True, eq=False)
class RenderFrame:
    """One paint. Lengths are device pixels of the canvas unless they say otherwise."""

    canvas: Size
    ratio: float  # device pixels per logical pixel
    exposed: QRect
    view: ViewTransform  # its offset is whole
    mode: CompareMode
    divider: int
    panes: tuple[Pane, ...]
    palette: QPalette
    document: Document | None  # as shown: a tool's preview, where there is one
    selected: RegionId | None
    is_hasty: bool = False  # the view is being zoomed: speed before smoothness

    @property
    def level(self) -> int:
        """The pyramid level that is drawn."""
        return level_for(self.view.scale, self.view.photo)

    @property
    def photo_area(self) -> QRect:
        """Where the photo lies in the viewport."""
        return device_rect(Rect.of_size(self.view.photo), self.view)

    @property
    def origins(self) -> list[QPoint]:
        """Where the viewport lies on the canvas: twice side by side."""
        corners = {(pane.origin_x, pane.origin_y) for pane in self.panes}
        return [QPoint(*corner) for corner in sorted(corners)]

    def px(self, logical: float) -> int:
        """A length in logical pixels as whole device pixels, at least one."""
        return max(1, round(logical * self.ratio))


def area_of(pane: Pane) -> QRect:
    """A pane's place on the canvas."""
    return QRect(pane.area.x, pane.area.y, pane.area.width, pane.area.height)


def origin_of(pane: Pane) -> QPoint:
    """Where a pane's viewport begins on the canvas."""
    return QPoint(pane.origin_x, pane.origin_y)
