"""Where the photo lies in the viewport: pure arithmetic, free of Qt.

Two spaces: photo pixels (`Point`) and device pixels of the viewport (`DevicePoint`). The
scale is device pixels per photo pixel, so at 1.0 a photo pixel is exactly one pixel of the
screen, whatever the display scale. Logical pixels appear only at the widget's edge.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

from unblur.document.geometry import Point, Rect, Size

MAX_SCALE = 64.0
MIN_SCALE = 1 / 64
ZOOM_STEPS = (
    *(1 / 64, 1 / 48, 1 / 32, 1 / 24, 1 / 16, 1 / 12, 1 / 8, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 2 / 3),
    *(1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0),
)
_SAME = 1.001  # scales this close count as one step: a fitted 99.99 % is 100 % to a person


class DevicePoint(NamedTuple):
    """A position in device pixels from the viewport's top left corner."""

    x: float
    y: float


_CORNER = DevicePoint(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class ViewTransform:
    """A photo of size `photo`, `scale` device pixels a pixel, its corner at `offset`."""

    photo: Size
    viewport: Size
    scale: float = 1.0
    offset: DevicePoint = _CORNER

    @classmethod
    def fitted(cls, photo: Size, viewport: Size, margin: float = 0.0) -> ViewTransform:
        """The whole photo, centred, as large as it fits but never above 100 %."""
        room_x = max(1.0, viewport.width - 2 * min(margin, viewport.width / 8))
        room_y = max(1.0, viewport.height - 2 * min(margin, viewport.height / 8))
        scale = min(1.0, room_x / max(1, photo.width), room_y / max(1, photo.height))
        return cls(photo, viewport, scale).centered_on(Point(photo.width / 2, photo.height / 2))

    @property
    def scaled(self) -> DevicePoint:
        """Width and height of the photo in device pixels."""
        return DevicePoint(self.photo.width * self.scale, self.photo.height * self.scale)

    @property
    def middle(self) -> DevicePoint:
        """The viewport's middle."""
        return DevicePoint(self.viewport.width / 2, self.viewport.height / 2)

    @property
    def center(self) -> Point:
        """The photo point in the viewport's middle; it may lie beside the photo."""
        return self.to_photo(self.middle)

    @property
    def visible(self) -> Rect:
        """Photo pixels of which at least a part is in the viewport."""
        first = self.to_photo(DevicePoint(0.0, 0.0))
        last = self.to_photo(DevicePoint(self.viewport.width, self.viewport.height))
        return Rect.around(first, last).intersected(Rect.of_size(self.photo))

    def to_photo(self, position: DevicePoint) -> Point:
        """The photo point under a position of the viewport."""
        return Point(
            (position.x - self.offset.x) / self.scale, (position.y - self.offset.y) / self.scale
        )

    def to_view(self, point: Point) -> DevicePoint:
        """Where a photo point lies in the viewport."""
        return DevicePoint(
            point.x * self.scale + self.offset.x, point.y * self.scale + self.offset.y
        )

    def zoomed(self, factor: float, anchor: DevicePoint) -> ViewTransform:
        """Scale by `factor`; the photo point under `anchor` stays there."""
        return self.at_scale(self.scale * factor, anchor)

    def at_scale(self, scale: float, anchor: DevicePoint) -> ViewTransform:
        """Another scale, kept within its limits; the point under `anchor` stays there."""
        lowest = min(MIN_SCALE, ViewTransform.fitted(self.photo, self.viewport).scale)
        bounded = min(MAX_SCALE, max(lowest, scale))
        point = self.to_photo(anchor)
        offset = DevicePoint(anchor.x - point.x * bounded, anchor.y - point.y * bounded)
        return replace(self, scale=bounded, offset=offset)

    def panned(self, dx: float, dy: float) -> ViewTransform:
        """The photo moved by so many device pixels."""
        return replace(self, offset=DevicePoint(self.offset.x + dx, self.offset.y + dy))

    def centered_on(self, point: Point) -> ViewTransform:
        """The same scale with `point` in the viewport's middle."""
        offset = DevicePoint(
            self.middle.x - point.x * self.scale, self.middle.y - point.y * self.scale
        )
        return replace(self, offset=offset)

    def resized(self, viewport: Size) -> ViewTransform:
        """Another viewport that looks at the same middle."""
        return replace(self, viewport=viewport).centered_on(self.center)

    def clamped(self) -> ViewTransform:
        """The nearest view in which the photo is not lost.

        Along each axis a photo that fits is centred; a larger one may be pulled in from
        its edge, the farther the larger it is, up to the viewport's middle.
        """
        x = _clamped_axis(self.offset.x, self.scaled.x, self.viewport.width)
        y = _clamped_axis(self.offset.y, self.scaled.y, self.viewport.height)
        return replace(self, offset=DevicePoint(x, y))

    def snapped(self) -> ViewTransform:
        """The view as it is painted: the corner on a whole device pixel, so that 100 % is sharp."""
        return replace(self, offset=DevicePoint(_nearest(self.offset.x), _nearest(self.offset.y)))


def next_step(scale: float) -> float:
    """The next larger scale that zooming in stops at."""
    return next((step for step in ZOOM_STEPS if step > scale * _SAME), ZOOM_STEPS[-1])


def previous_step(scale: float) -> float:
    """The next smaller scale that zooming out stops at."""
    return next((step for step in reversed(ZOOM_STEPS) if step * _SAME < scale), ZOOM_STEPS[0])


def _clamped_axis(offset: float, length: float, room: int) -> float:
    excess = length - room
    if excess <= 0:
        return -excess / 2
    slack = min(excess, room) / 2
    return min(slack, max(-excess - slack, offset))


def _nearest(value: float) -> float:
    return float(math.floor(value + 0.5))
