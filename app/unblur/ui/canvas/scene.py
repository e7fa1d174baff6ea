"""The photo and its regions as surfaces: what lies under everything else on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter, QRegion

from unblur.document.document import Document
from unblur.document.geometry import Rect
from unblur.document.region import Region, RegionId
from unblur.imaging.composite import LayerReader
from unblur.ui.canvas.colour import DisplayColour
from unblur.ui.canvas.frame import RenderFrame, area_of, origin_of
from unblur.ui.canvas.region_tiles import RegionTiles
from unblur.ui.canvas.source_tiles import SourceTiles
from unblur.ui.canvas.surface import Surface
from unblur.ui.canvas.timebox import TimeBox
from unblur.ui.canvas.veil import Veil


class RegionLayer:
    """A region's tiles and the surface that they are drawn on."""

    def __init__(self, tiles: RegionTiles, bounds: Rect) -> None:
        self.tiles = tiles
        self.bounds = bounds
        self.surface = Surface(tiles, bounds, QImage.Format.Format_ARGB32_Premultiplied)

    @property
    def is_shown(self) -> bool:
        """Whether it changes what is seen."""
        return self.tiles.region.is_visible and self.tiles.region.strength > 0


class Scene:
    """Paints source and result of one photo into the panes of a frame."""

    def __init__(self, document: Document, layers: LayerReader) -> None:
        photo = document.photo
        self.document = document
        self._layers = layers
        self._colour = DisplayColour(photo.metadata.icc)
        self.source = SourceTiles(photo, self._colour)
        self._source = Surface(self.source, photo.rect, QImage.Format.Format_RGB32)
        self._veil = None if photo.alpha is None else Veil(photo.alpha)
        self._regions: dict[RegionId, RegionLayer] = {}
        self.show(document, layers)

    @property
    def region_tiles(self) -> dict[RegionId, RegionTiles]:
        """The tiles of each region, for tests and measurements."""
        return {key: layer.tiles for key, layer in self._regions.items()}

    def show(self, document: Document, layers: LayerReader) -> None:
        """Take over a document of the same photo; only what differs is made anew."""
        self.document, self._layers = document, layers
        before = self._regions
        self._regions = {
            region.id: self._updated(before.get(region.id), region) for region in document.regions
        }

    def pixels_changed(self, region_id: RegionId, rect: Rect) -> QRect:
        """Restored pixels arrived; returns the part of the viewport that shows them."""
        layer = self._regions.get(region_id)
        if layer is None:
            return QRect()
        layer.tiles.pixels_changed(rect)
        return layer.surface.invalidate(rect)

    def paint(self, painter: QPainter, frame: RenderFrame, time: TimeBox) -> QRegion:
        """Paint all panes; returns what of the canvas still lacks tiles."""
        self.source.begin_frame()
        self._source.show(frame.view, self.document.photo.rect, is_hasty=frame.is_hasty)
        unfinished = QRegion()
        for pane in frame.panes:
            origin = origin_of(pane)
            clip = area_of(pane).intersected(frame.exposed).translated(-origin)
            clip = clip.intersected(frame.photo_area)
            if clip.isEmpty():
                continue
            lacking = self._source.ensure(clip, time)
            self._source.paint(painter, clip, origin)
            if pane.is_result:
                lacking += self._paint_regions(painter, frame, clip, origin, time)
            if self._veil is not None:
                lacking += self._veil.paint(painter, frame, clip, origin, time)
            unfinished += lacking.translated(origin)
        return unfinished

    def _paint_regions(
        self, painter: QPainter, frame: RenderFrame, clip: QRect, origin: QPoint, time: TimeBox
    ) -> QRegion:
        unfinished = QRegion()
        for layer in self._regions.values():
            if not layer.is_shown:
                continue
            layer.tiles.begin_frame()
            layer.surface.show(frame.view, layer.bounds, is_hasty=frame.is_hasty)
            unfinished += layer.surface.ensure(clip, time)
            painter.setOpacity(layer.tiles.region.strength)
            layer.surface.paint(painter, clip, origin)
        painter.setOpacity(1.0)
        return unfinished

    def _updated(self, layer: RegionLayer | None, region: Region) -> RegionLayer:
        photo = self.document.photo
        bounds = region.bounds(photo.size)
        if layer is None:
            protection = self.document.protection
            tiles = RegionTiles(photo, self._colour, self._layers, region, protection)
            return RegionLayer(tiles, bounds)
        if layer.tiles.region.model != region.model:
            layer.tiles.forget_pixels()
            layer.surface.invalidate(photo.rect)
        changed = layer.tiles.show_region(region, self.document.protection, self._layers)
        layer.bounds = bounds
        if not changed.is_empty:
            layer.surface.invalidate(changed)
        return layer
