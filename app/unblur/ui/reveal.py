"""Moves the divider aside when all that is being restored would come up behind it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot

from unblur.document.geometry import Point, Rect
from unblur.ui.canvas.canvas import Canvas
from unblur.ui.canvas.compare import CompareMode
from unblur.ui.canvas.view import ViewTransform
from unblur.ui.restorer import Restorer

_MARGIN = 0.02  # of the canvas, so that the divider does not lie on the region's edge


class Reveal(QObject):
    """Acts once a run, at its start: afterwards the divider is the person's own."""

    def __init__(self, restorer: Restorer, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._is_due = False
        restorer.running_changed.connect(self._on_running_changed)
        restorer.pending_changed.connect(self._on_pending_changed)

    @Slot(bool)
    def _on_running_changed(self, is_running: bool) -> None:  # noqa: FBT001 - a Qt slot
        self._is_due = is_running

    @Slot(object)
    def _on_pending_changed(self, rects: Sequence[Rect]) -> None:
        if not self._is_due or not rects:
            return
        self._is_due = False
        shown = Rect(0, 0, 0, 0)
        for rect in rects:
            shown = shown.united(rect.intersected(self._canvas.visible_rect()))
        mode = self._canvas.compare_mode
        if mode.is_split and not shown.is_empty:
            divider = revealing(self._canvas.view, mode, shown, self._canvas.divider)
            self._canvas.move_divider(divider)


def revealing(view: ViewTransform, mode: CompareMode, shown: Rect, divider: float) -> float:
    """The divider's place in [0, 1] that leaves some of `shown` on the result's side."""
    first = view.to_view(Point(shown.left, shown.top))
    last = view.to_view(Point(shown.right, shown.bottom))
    if mode is CompareMode.SPLIT_HORIZONTAL:
        start, end = first.y / view.viewport.height, last.y / view.viewport.height
    else:
        start, end = first.x / view.viewport.width, last.x / view.viewport.width
    return divider if end > divider + _MARGIN else max(0.0, start - _MARGIN)
