"""The mask of one region on the screen, and the outline made of it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter, QRegion

from unblur.document.geometry import Rect, Size
from unblur.document.region import Region
from unblur.ui.canvas.frame import RenderFrame
from unblur.ui.canvas.mask_tiles import TINT, MaskTiles
from unblur.ui.canvas.outline import mask_outline
from unblur.ui.canvas.surface import Surface, few_rects
from unblur.ui.canvas.timebox import TimeBox
from unblur.ui.qimage import transparent_image


class RegionMark:
    """Follows a region; only what changed of the mask is drawn again, and of the outline."""

    def __init__(self, region: Region, photo: Size, tint: tuple[int, int, int] = TINT) -> None:
        self.tiles = MaskTiles(region, photo, tint)
        self._photo = photo
        bounds = region.bounds(photo)
        self.surface = Surface(self.tiles, bounds, QImage.Format.Format_ARGB32_Premultiplied)
        self._outline = QImage()
        self._outline_width = 0
        self._outline_area = QRect()
        self._is_complete = False

    def follow(self, region: Region, frame: RenderFrame, time: TimeBox) -> QRegion:
        """Bring the mask up to date; returns what has to be painted again when it is."""
        self.tiles.begin_frame()
        changed = self.tiles.show_region(region)
        if not changed.is_empty:
            self.surface.invalidate(changed)
        # One pixel more all around, so that the whole edge lies inside the surface.
        margin, photo = 2 << frame.level, Rect.of_size(self._photo)
        self.surface.show(frame.view, region.bounds(self._photo).expanded(margin, photo))
        lacking = self.surface.ensure(self.surface.area, time)
        self._is_complete = lacking.isEmpty()
        if self._is_complete or not self._has_outline(frame.px(1)):
            # Half a mask has a false edge: its outline is painted when it is whole.
            return lacking if self._is_complete else QRegion(self.surface.area)
        # Until then the last outline stays; it changes wherever the mask did meanwhile.
        reach = 4 * frame.px(1)
        touched = (lacking + self.surface.damage).boundingRect()
        around = touched.adjusted(-reach, -reach, reach, reach)
        return QRegion(around.intersected(self.surface.area))

    def paint_outline(self, painter: QPainter, width: int, origin: QPoint) -> None:
        """Paint the outline of the mask, as it was when it was last complete."""
        if self.surface.area.isEmpty():
            return  # the region is out of view
        if self._is_complete:
            self._follow_mask(width)
        if self._has_outline(width):
            painter.drawImage(self._outline_area.topLeft() + origin, self._outline)

    def _has_outline(self, width: int) -> bool:
        """Whether the outline that was drawn last belongs to the view as it is."""
        return self.surface.is_in_place and width == self._outline_width

    def _follow_mask(self, width: int) -> None:
        area, damage = self.surface.area, self.surface.take_damage()
        if not self._has_outline(width):
            self._outline, damage = transparent_image(area.width(), area.height()), QRegion(area)
        elif area != self._outline_area:
            self._outline = _moved(self._outline, self._outline_area, area)
        self._outline_area, self._outline_width = QRect(area), width
        self.surface.is_in_place = True
        for rect in few_rects(damage):
            self._draw_outline(rect.translated(-area.topLeft()), width)

    def _draw_outline(self, damage: QRect, width: int) -> None:
        """Draw the outline again where the mask changed: the lines reach twice their width."""
        whole, reach = self.surface.image.rect(), 2 * width
        part = damage.adjusted(-reach, -reach, reach, reach).intersected(whole)
        seen = part.adjusted(-reach, -reach, reach, reach).intersected(whole)
        outline = mask_outline(self.surface.image.copy(seen), width)
        painter = QPainter(self._outline)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(part.topLeft(), outline, part.translated(-seen.topLeft()))
        painter.end()


def _moved(image: QImage, before: QRect, after: QRect) -> QImage:
    """An image of the viewport's part `before` as one of the part `after`."""
    moved = transparent_image(after.width(), after.height())
    painter = QPainter(moved)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    painter.drawImage(before.topLeft() - after.topLeft(), image)
    painter.end()
    return moved
