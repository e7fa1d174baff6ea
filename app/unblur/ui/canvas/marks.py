"""What is drawn over the photo about it: masks, outlines, tiles that are being restored."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QRegion

from unblur.document.geometry import Rect, Size
from unblur.document.region import Region, RegionId
from unblur.document.shapes import Rectangle
from unblur.ui.canvas.frame import RenderFrame, area_of, origin_of
from unblur.ui.canvas.mask_tiles import MaskTiles
from unblur.ui.canvas.outline import mask_outline, paint_rect
from unblur.ui.canvas.surface import Surface, device_rect
from unblur.ui.canvas.timebox import TimeBox

_TINT_OPACITY = 0.45
_FAINT = 0.55
_PENDING = QColor(255, 255, 255, 70)
_PENDING_SHADE = QColor(0, 0, 0, 70)


class RegionMark:
    """The mask of one region on the screen, and the outline made of it."""

    def __init__(self, region: Region, photo: Size) -> None:
        self.tiles = MaskTiles(region, photo)
        self._photo = photo
        bounds = region.bounds(photo)
        self.surface = Surface(self.tiles, bounds, QImage.Format.Format_ARGB32_Premultiplied)
        self._outline = QImage()
        self._outline_of = -1
        self.is_complete = False

    def follow(self, region: Region, frame: RenderFrame, time: TimeBox) -> QRegion:
        """Bring the mask up to date; returns what still lacks tiles."""
        self.tiles.begin_frame()
        changed = self.tiles.show_region(region)
        if not changed.is_empty:
            self.surface.invalidate(changed)
        # One pixel more all around, so that the whole edge lies inside the surface.
        margin, photo = 2 << frame.level, Rect.of_size(self._photo)
        self.surface.show(frame.view, region.bounds(self._photo).expanded(margin, photo))
        lacking = self.surface.ensure(self.surface.area, time)
        self.is_complete = lacking.isEmpty()
        return lacking

    def paint_outline(self, painter: QPainter, width: int, origin: QPoint) -> None:
        """Paint the outline as the mask is now."""
        if self.surface.area.isEmpty():
            return  # the region is out of view
        if self._outline_of != self.surface.serial:
            self._outline_of = self.surface.serial
            self._outline = mask_outline(self.surface.image, width)
        painter.drawImage(self.surface.area.topLeft() + origin, self._outline)


class Marks:
    """Paints masks, outlines and pending tiles into every pane."""

    def __init__(self) -> None:
        self.pending: tuple[Rect, ...] = ()
        self.is_mask_visible = False
        self.are_outlines_visible = True
        self._masks: dict[RegionId, RegionMark] = {}

    def clear(self) -> None:
        """Another photo is shown."""
        self.pending = ()
        self._masks.clear()

    def paint(
        self, painter: QPainter, frame: RenderFrame, time: TimeBox, *, is_drawing: bool
    ) -> QRegion:
        """Paint everything; returns what of the canvas still lacks tiles."""
        document, unfinished = frame.document, QRegion()
        if document is None:
            return unfinished
        present = {region.id for region in document.regions}
        self._masks = {key: mark for key, mark in self._masks.items() if key in present}
        for region in document.regions:
            if not region.is_visible:
                continue
            is_selected = region.id == frame.selected
            is_tinted = is_selected and (self.is_mask_visible or is_drawing)
            if is_tinted or (self.are_outlines_visible and not _is_plain(region)):
                mark = self._mark(region, document.photo.size)
                lacking = mark.follow(region, frame, time)
                if not lacking.isEmpty():
                    # Half a mask has a false edge: its outline is painted when it is whole.
                    lacking = QRegion(mark.surface.area)
                for origin in frame.origins:
                    unfinished += lacking.translated(origin)
            self._paint_region(painter, frame, region, is_tinted=is_tinted)
        self._paint_pending(painter, frame)
        return unfinished

    def _mark(self, region: Region, photo: Size) -> RegionMark:
        mark = self._masks.get(region.id)
        if mark is None:
            mark = self._masks[region.id] = RegionMark(region, photo)
        return mark

    def _paint_region(
        self, painter: QPainter, frame: RenderFrame, region: Region, *, is_tinted: bool
    ) -> None:
        width = frame.px(1)
        opacity = 1.0 if region.id == frame.selected else _FAINT
        for pane in frame.panes:
            area, origin = area_of(pane), origin_of(pane)
            painter.setClipRect(area)
            if is_tinted:
                painter.setOpacity(_TINT_OPACITY)
                surface = self._masks[region.id].surface
                surface.paint(painter, area.translated(-origin), origin)
                painter.setOpacity(1.0)
            if not self.are_outlines_visible or region.is_whole_photo:
                continue
            if _is_plain(region):
                for shape in region.shapes:
                    if isinstance(shape, Rectangle):
                        rect = device_rect(shape.reach(frame.view.photo), frame.view)
                        paint_rect(painter, rect.translated(origin), width, opacity)
            elif self._masks[region.id].is_complete:
                painter.setOpacity(opacity)
                self._masks[region.id].paint_outline(painter, width, origin)
                painter.setOpacity(1.0)
        painter.setClipping(False)

    def _paint_pending(self, painter: QPainter, frame: RenderFrame) -> None:
        """A thin frame around each tile that is being restored, on the result's side."""
        for pane in frame.panes:
            if not pane.is_result:
                continue
            painter.setClipRect(area_of(pane))
            for rect in self.pending:
                shown = device_rect(rect, frame.view).translated(origin_of(pane))
                _paint_pending_tile(painter, shown, frame.px(1))
        painter.setClipping(False)


def _paint_pending_tile(painter: QPainter, rect: QRect, width: int) -> None:
    painter.setPen(QPen(_PENDING_SHADE, width))
    painter.drawRect(rect.adjusted(width, width, -2 * width, -2 * width))
    painter.setPen(QPen(_PENDING, width))
    painter.drawRect(rect.adjusted(0, 0, -width, -width))


def _is_plain(region: Region) -> bool:
    """Whether the outline is that of the whole photo or of one rectangle: no raster needed."""
    return region.is_whole_photo or (
        len(region.shapes) == 1 and isinstance(region.shapes[0], Rectangle)
    )
