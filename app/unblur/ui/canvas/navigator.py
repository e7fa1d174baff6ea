"""Which part of the photo is seen: one view for all panes."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from unblur.document.geometry import Point, Size
from unblur.ui.canvas.view import DevicePoint, ViewTransform, next_step, previous_step


class Navigator(QObject):
    """Holds the view and keeps it sensible; positions are device pixels of the viewport.

    A fitted view stays fitted when the viewport changes, until the person zooms or pans.

    Signals:
        changed: the view is another one.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = ViewTransform(Size(1, 1), Size(1, 1))
        self._margin = 0.0
        self._identity = ""
        self._left_at: dict[str, tuple[float, Point]] = {}
        self.is_fitted = True

    @property
    def view(self) -> ViewTransform:
        """The view as it is painted, its corner on a whole device pixel."""
        return self._view.snapped()

    def show_photo(self, photo: Size, identity: str) -> None:
        """Another photo: go back to where it was left, or fit it."""
        if not self.is_fitted:
            self._left_at[self._identity] = (self._view.scale, self._view.center)
        else:
            self._left_at.pop(self._identity, None)
        self._identity = identity
        self._view = ViewTransform.fitted(photo, self._view.viewport, self._margin)
        scale, center = self._left_at.get(identity, (0.0, self._view.center))
        if not scale:
            self.fit()
            return
        self.is_fitted = False
        self._take(replace(self._view, scale=scale).centered_on(center), is_new=True)

    def set_viewport(self, viewport: Size, margin: float) -> None:
        """Another viewport; `margin` is left around a fitted photo."""
        if viewport == self._view.viewport and margin == self._margin:
            return
        self._margin = margin
        if self.is_fitted:
            self._take(ViewTransform.fitted(self._view.photo, viewport, margin))
        else:
            self._take(self._view.resized(viewport))

    def fit(self) -> None:
        """Show the whole photo."""
        self.is_fitted = True
        view = self._view
        self._take(ViewTransform.fitted(view.photo, view.viewport, self._margin), is_new=True)

    def zoom_to(self, scale: float, anchor: DevicePoint | None = None) -> None:
        """Another scale; the point under `anchor` (the middle) stays."""
        self.is_fitted = False
        self._take(self._view.at_scale(scale, anchor or self._view.middle))

    def zoom_by(self, factor: float, anchor: DevicePoint | None = None) -> None:
        """Scale by a factor."""
        self.zoom_to(self._view.scale * factor, anchor)

    def zoom_in(self, anchor: DevicePoint | None = None) -> None:
        """To the next larger step."""
        self.zoom_to(next_step(self._view.scale), anchor)

    def zoom_out(self, anchor: DevicePoint | None = None) -> None:
        """To the next smaller step."""
        self.zoom_to(previous_step(self._view.scale), anchor)

    def pan(self, dx: float, dy: float) -> None:
        """Move the photo."""
        self.is_fitted = False
        self._take(self._view.panned(dx, dy))

    def center_on(self, point: Point) -> None:
        """Bring a photo point to the middle."""
        self.is_fitted = False
        self._take(self._view.centered_on(point))

    def _take(self, view: ViewTransform, *, is_new: bool = False) -> None:
        clamped = view.clamped()
        if is_new or clamped != self._view:
            self._view = clamped
            self.changed.emit()
