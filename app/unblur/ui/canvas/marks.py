"""What is drawn over the photo about it: masks, outlines, tiles that are being restored."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from unblur.document.document import Document
from unblur.document.geometry import Rect, Size
from unblur.document.region import ModelChoice, Region, RegionId
from unblur.document.shapes import Ellipse, Rectangle
from unblur.ui.canvas.blur_overlay import BlurOverlay
from unblur.ui.canvas.frame import RenderFrame, area_of, origin_of
from unblur.ui.canvas.outline import paint_dashes, paint_ellipse, paint_rect
from unblur.ui.canvas.region_mark import RegionMark
from unblur.ui.canvas.surface import device_rect
from unblur.ui.canvas.timebox import TimeBox

_TINT_OPACITY = 0.45
_FAINT = 0.55
_PENDING = QColor(255, 255, 255, 70)
_PENDING_SHADE = QColor(0, 0, 0, 70)
_LEAST_PENDING = 40  # logical pixels; smaller frames would be a fence before the photo
_PROTECTION_TINT = (235, 64, 52)  # red: of this the program keeps its hands
_PROTECTION = Region(RegionId("protection"), "Protected", (), ModelChoice("", ""))


class Marks:
    """Paints masks, outlines and pending tiles into every pane."""

    def __init__(self) -> None:
        self.pending: tuple[Rect, ...] = ()
        self.is_mask_visible = False
        self.are_outlines_visible = True
        self.is_protection_visible = False
        self.blur: BlurOverlay | None = None
        self.hidden: tuple[Rect, ...] = ()
        self._protection: RegionMark | None = None
        self._masks: dict[RegionId, RegionMark] = {}

    def clear(self) -> None:
        """Another photo is shown."""
        self.pending = ()
        self.blur = None
        self.hidden = ()
        self._protection = None
        self._masks.clear()

    def paint(
        self, painter: QPainter, frame: RenderFrame, time: TimeBox, *, is_drawing: bool
    ) -> QRegion:
        """Paint everything; returns what of the canvas still lacks tiles."""
        document, unfinished = frame.document, QRegion()
        if document is None:
            return unfinished
        if self.blur is not None:
            self.blur.paint(painter, frame)
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
                for origin in frame.origins:
                    unfinished += lacking.translated(origin)
            self._paint_region(painter, frame, region, is_tinted=is_tinted)
        if self.is_protection_visible:
            unfinished += self._paint_protection(painter, frame, document, time)
        self._paint_hidden(painter, frame)
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
                    elif isinstance(shape, Ellipse):
                        rect = device_rect(shape.rect, frame.view)
                        paint_ellipse(painter, rect.translated(origin), width, opacity)
            else:
                painter.setOpacity(opacity)
                self._masks[region.id].paint_outline(painter, width, origin)
                painter.setOpacity(1.0)
        painter.setClipping(False)

    def _paint_protection(
        self, painter: QPainter, frame: RenderFrame, document: Document, time: TimeBox
    ) -> QRegion:
        """What keeps the original, in red."""
        size, region = document.photo.size, replace(_PROTECTION, shapes=document.protection)
        if self._protection is None:
            self._protection = RegionMark(_PROTECTION, size, _PROTECTION_TINT)
        mark, unfinished = self._protection, QRegion()
        lacking = mark.follow(region, frame, time)
        for pane in frame.panes:
            area, origin = area_of(pane), origin_of(pane)
            painter.setClipRect(area)
            painter.setOpacity(_TINT_OPACITY)
            mark.surface.paint(painter, area.translated(-origin), origin)
            painter.setOpacity(1.0)
            mark.paint_outline(painter, frame.px(1), origin)
            unfinished += lacking.translated(origin)
        painter.setClipping(False)
        return unfinished

    def _paint_hidden(self, painter: QPainter, frame: RenderFrame) -> None:
        """A dashed frame around each place that looks hidden on purpose."""
        for pane in frame.panes if self.are_outlines_visible else ():
            painter.setClipRect(area_of(pane))
            for rect in self.hidden:
                shown = device_rect(rect, frame.view).translated(origin_of(pane))
                paint_dashes(painter, shown, frame.px(2))
        painter.setClipping(False)

    def _paint_pending(self, painter: QPainter, frame: RenderFrame) -> None:
        """A thin frame around each tile that is being restored, on the result's side."""
        least, width = frame.px(_LEAST_PENDING), frame.px(1)
        shown = [device_rect(rect, frame.view) for rect in self.pending]
        framed = [rect for rect in shown if min(rect.width(), rect.height()) >= least]
        for pane in frame.panes:
            if not pane.is_result:
                continue
            painter.setClipRect(area_of(pane))
            for rect in framed:
                _paint_pending_tile(painter, rect.translated(origin_of(pane)), width)
        painter.setClipping(False)


def _paint_pending_tile(painter: QPainter, rect: QRect, width: int) -> None:
    painter.setPen(QPen(_PENDING_SHADE, width))
    painter.drawRect(rect.adjusted(width, width, -2 * width, -2 * width))
    painter.setPen(QPen(_PENDING, width))
    painter.drawRect(rect.adjusted(0, 0, -width, -width))


def _is_plain(region: Region) -> bool:
    """Whether the outline is that of the whole photo or of one box: no raster needed."""
    return region.is_whole_photo or (
        len(region.shapes) == 1 and isinstance(region.shapes[0], Rectangle | Ellipse)
    )
