"""A layer as it looks on the screen: tiles drawn once at the view's scale, then only copied.

Scaling smoothly costs 7 ns a pixel, copying 1 ns. So a move of the divider or the strength
copies, a pan copies and scales the strips that came into view, and only a zoom scales all.
"""

from __future__ import annotations

import math
from typing import Protocol

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QRegion, QTransform

from unblur.document.geometry import Point, Rect
from unblur.ui.canvas.levels import (
    NEAREST_FROM,
    TileKey,
    core,
    keys_over,
    level_for,
    padded,
)
from unblur.ui.canvas.source_tiles import StandIn
from unblur.ui.canvas.timebox import TimeBox
from unblur.ui.canvas.view import DevicePoint, ViewTransform

_MANY, _NEARLY = 16, 1.5
_ROOM = 256  # device pixels around bounds that have begun to grow


class Tiles(Protocol):
    """Where a surface gets its tiles from."""

    @property
    def stand_in(self) -> StandIn | None:
        """What is drawn for a tile that is not there yet."""
        ...

    def begin_frame(self) -> None:
        """A new paint begins."""
        ...

    def image(self, key: TileKey) -> QImage | None:
        """The tile's image as far as it is known."""
        ...

    def is_current(self, key: TileKey) -> bool:
        """Whether the tile needs no work."""
        ...

    def advance(self, key: TileKey, time: TimeBox) -> None:
        """Work on the tile while there is time."""
        ...


class Surface:
    """Device pixels of one layer over `area` of the viewport.

    `area` is the part of the viewport that the layer's `bounds` (photo pixels) reach.
    """

    def __init__(self, tiles: Tiles, bounds: Rect, image_format: QImage.Format) -> None:
        self._tiles = tiles
        self._bounds = bounds
        self._format = image_format
        self._view: ViewTransform | None = None
        self._is_hasty = False
        self._image = QImage()
        self._spare = QImage()
        self._stale = QRegion()
        self.area = QRect()
        self._damage = QRegion()  # of the viewport
        self.is_in_place = False  # a reader sets it; a move or a zoom of the view clears it

    @property
    def image(self) -> QImage:
        """The pixels of `area`; parts that were never ensured are undefined."""
        return self._image

    def show(self, view: ViewTransform, bounds: Rect, *, is_hasty: bool = False) -> None:
        """Follow the view, whose offset is whole; what stays in view is copied.

        A hasty picture is scaled without smoothing, three times as fast.
        """
        if (view, bounds, is_hasty) == (self._view, self._bounds, self._is_hasty):
            return
        before = self._view if is_hasty == self._is_hasty else None
        old_area, old_image = self.area, self._image
        is_same_view = (view, is_hasty) == (self._view, self._is_hasty)
        self._view, self._bounds, self._is_hasty = view, bounds, is_hasty
        wanted = device_rect(bounds, view).intersected(QRect(0, 0, *view.viewport))
        if is_same_view and not wanted.isEmpty() and old_area.contains(wanted):
            return  # what lies beyond smaller bounds is drawn empty, because it changed
        if is_same_view and not old_area.isEmpty():
            wanted = _roomy(wanted, view)
        self.area = wanted
        if not is_same_view:
            self.is_in_place = False
        # Two images take turns: fresh memory costs as much as the copy itself.
        if self._spare.size() != self.area.size():
            self._spare = QImage(self.area.size(), self._format)
        self._image, self._spare = self._spare, old_image
        unfinished, self._stale = self._stale, QRegion(self.area)
        if before is None or (before.photo, before.scale) != (view.photo, view.scale):
            return
        shift = QPoint(
            round(view.offset.x - before.offset.x), round(view.offset.y - before.offset.y)
        )
        kept = old_area.translated(shift).intersected(self.area)
        if kept.isEmpty() or old_image.isNull():
            return
        painter = QPainter(self._image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        source = kept.translated(-shift).translated(-old_area.topLeft())
        painter.drawImage(kept.topLeft() - self.area.topLeft(), old_image, source)
        painter.end()
        self._stale = QRegion(self.area) - (QRegion(kept) - unfinished.translated(shift))

    def invalidate(self, rect: Rect) -> QRect:
        """Tiles changed in `rect` of the photo; returns the device pixels that show it."""
        if self._view is None:
            return QRect()
        level = level_for(self._view.scale, self._view.photo)
        # One pixel of the level beyond the rectangle is interpolated with those inside.
        grown = rect.expanded(1 << level, Rect.of_size(self._view.photo))
        touched = device_rect(grown, self._view).adjusted(-1, -1, 1, 1).intersected(self.area)
        self._stale += touched
        return touched

    @property
    def damage(self) -> QRegion:
        """Device pixels of the viewport whose tiles were drawn since it was taken last."""
        return self._damage

    def take_damage(self) -> QRegion:
        """The same, and a new beginning."""
        damage, self._damage = self._damage, QRegion()
        return damage

    def ensure(self, wanted: QRect, time: TimeBox) -> QRegion:
        """Draw what is missing of `wanted`; returns where tiles still need work."""
        missing = self._stale.intersected(wanted.intersected(self.area))
        if missing.isEmpty() or self._view is None:
            return QRegion()
        unfinished = QRegion()
        painter = QPainter(self._image)
        for rect in few_rects(missing):
            unfinished += self._draw(painter, rect, time)
        painter.end()
        self._stale = (self._stale - missing) + unfinished
        return unfinished

    def paint(self, painter: QPainter, clip: QRect, origin: QPoint) -> None:
        """Copy `clip` of the viewport to the same place seen from `origin`."""
        shown = clip.intersected(self.area)
        if not shown.isEmpty():
            source = shown.translated(-self.area.topLeft())
            painter.drawImage(shown.topLeft() + origin, self._image, source)

    def _draw(self, painter: QPainter, rect: QRect, time: TimeBox) -> QRegion:
        """Draw the tiles under `rect`, each clipped to whole device pixels."""
        view = self._view
        assert view is not None
        unfinished = QRegion()
        level = level_for(view.scale, view.photo)
        is_smooth = view.scale < NEAREST_FROM and not self._is_hasty
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
        if self._format != QImage.Format.Format_RGB32:
            _clear(painter, rect.translated(-self.area.topLeft()))
        for key in keys_over(_photo_rect(rect, view), level, view.photo):
            target = _tile_rect(key, view).intersected(rect)
            if target.isEmpty():
                continue
            if not self._tiles.is_current(key):
                self._tiles.advance(key, time)
            if not self._tiles.is_current(key):
                unfinished += target
            self._draw_tile(painter, key, target, view)
        return unfinished

    def _draw_tile(
        self, painter: QPainter, key: TileKey, target: QRect, view: ViewTransform
    ) -> None:
        image = self._tiles.image(key)
        origin = padded(key, view.photo)
        step, x, y = 1 << key.level, origin.x, origin.y
        if image is None:
            if self._tiles.stand_in is None:
                return
            image, step, x, y = self._tiles.stand_in.image, self._tiles.stand_in.step, 0, 0
        self._damage += target
        scale = view.scale * step
        left = view.offset.x - self.area.x() + x * scale
        top = view.offset.y - self.area.y() + y * scale
        painter.resetTransform()
        painter.setClipRect(target.translated(-self.area.topLeft()))
        painter.setTransform(QTransform(scale, 0, 0, scale, left, top))
        painter.drawImage(QPoint(0, 0), image)


def device_rect(rect: Rect, view: ViewTransform) -> QRect:
    """The whole device pixels whose centres lie on photo pixels `rect`."""
    first = view.to_view(Point(rect.left, rect.top))
    last = view.to_view(Point(rect.right, rect.bottom))
    left, top = _edge(first.x), _edge(first.y)
    return QRect(left, top, _edge(last.x) - left, _edge(last.y) - top)


def widened(rect: Rect, view: ViewTransform, margin: float) -> QRectF:
    """Device pixels that may show photo pixels `rect`, and `margin` more all around."""
    if rect.is_empty:
        return QRectF()
    # One pixel of the level beyond the rectangle is interpolated with those inside.
    grown = rect.expanded(1 << level_for(view.scale, view.photo), Rect.of_size(view.photo))
    return QRectF(device_rect(grown, view)).adjusted(-margin, -margin, margin, margin)


def _roomy(area: QRect, view: ViewTransform) -> QRect:
    """More than is needed of the viewport: bounds that grow with a brush are few moves then."""
    photo = device_rect(Rect.of_size(view.photo), view)
    room = area.adjusted(-_ROOM, -_ROOM, _ROOM, _ROOM)
    return room.intersected(photo).intersected(QRect(0, 0, *view.viewport))


def _edge(position: float) -> int:
    """The first device pixel whose centre lies beyond an edge: neighbours share it."""
    return math.ceil(position - 0.5)


def _tile_rect(key: TileKey, view: ViewTransform) -> QRect:
    shown = core(key, view.photo).enlarged_by(1 << key.level)
    return device_rect(shown.intersected(Rect.of_size(view.photo)), view)


def _photo_rect(rect: QRect, view: ViewTransform) -> Rect:
    """Photo pixels under device pixels, and one more all around against rounding."""
    first = view.to_photo(DevicePoint(rect.left(), rect.top()))
    last = view.to_photo(DevicePoint(rect.left() + rect.width(), rect.top() + rect.height()))
    photo = Rect.of_size(view.photo)
    return Rect.around(first, last).intersected(photo).expanded(1, photo)


def few_rects(region: QRegion) -> list[QRect]:
    """The region's rectangles, or the one around them when they are many or nearly fill it."""
    rects, around = list(region), region.boundingRect()  # type: ignore[call-overload]
    filled = sum(rect.width() * rect.height() for rect in rects)
    is_one = len(rects) > _MANY or around.width() * around.height() <= _NEARLY * filled
    return [around] if rects and is_one else rects


def _clear(painter: QPainter, rect: QRect) -> None:
    painter.resetTransform()
    painter.setClipRect(rect)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.fillRect(rect, 0)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
