"""A region's mask as a colour: the tint of the selected region, and where outlines run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter

from unblur.document.geometry import Rect, Size
from unblur.document.mask_change import region_change, region_growth
from unblur.document.region import Region
from unblur.imaging.masks import rasterize
from unblur.ui.canvas.levels import TileKey, padded, part_of, photo_rect, reached_keys
from unblur.ui.canvas.mask_work import MaskBytes, MaskWork, grown_bytes, to_bytes
from unblur.ui.canvas.tile_cache import TileCache
from unblur.ui.canvas.timebox import TimeBox
from unblur.ui.qimage import premultiplied_image, transparent_image

_BUDGET = 64 * 2**20
TINT = (64, 156, 255)


@dataclass(slots=True, eq=False)
class MaskTile:
    """A tile's mask, the image made of it, and what they lack."""

    levels: MaskBytes
    image: QImage
    work: MaskWork | None

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return int(self.image.sizeInBytes()) + self.levels.nbytes


class MaskTiles:
    """Tiles of one region's mask in the tint's colour, as opaque as the mask is."""

    stand_in = None

    def __init__(self, region: Region, photo: Size, tint: tuple[int, int, int] = TINT) -> None:
        self.region = region
        self._tint = tint
        self._photo = photo
        self._bounds = region.bounds(photo)
        self._cache: TileCache[TileKey, MaskTile] = TileCache(_BUDGET)

    def begin_frame(self) -> None:
        """A new paint begins."""
        self._cache.begin_frame()

    def image(self, key: TileKey) -> QImage | None:
        """The tile, or None where nothing was rasterised."""
        tile = self._cache.get(key)
        return tile.image if tile else None

    def is_current(self, key: TileKey) -> bool:
        """Whether the tile needs no work; beyond the region's bounds it is empty."""
        tile = self._cache.get(key)
        if tile is not None:
            return tile.work is None
        source = photo_rect(padded(key, self._photo), key.level, self._photo)
        return not source.overlaps(self._bounds)

    def advance(self, key: TileKey, time: TimeBox) -> None:
        """Rasterise what is out of date of the tile if there is time."""
        if not time.allows_step():
            return
        area, tile = padded(key, self._photo), self._cache.get(key)
        if tile is None:
            levels = np.zeros((area.height, area.width), np.uint8)
            image = transparent_image(area.width, area.height)
            tile = MaskTile(levels, image, MaskWork(area))
            self._cache.put(key, tile)
        if tile.work is not None:
            self._work_off(tile, tile.work, area, key.level)

    def show_region(self, region: Region) -> Rect:
        """Take the region's new shapes and feather; returns what looks different."""
        changed = region_change(self.region, region, self._photo)
        growth = region_growth(self.region, region)
        self.region, self._bounds = region, region.bounds(self._photo)
        for key in reached_keys(changed, self._cache.keys(), self._photo):
            tile = self._cache.peek(key)
            if tile is not None:
                work = MaskWork(part_of(key, changed, self._photo), growth)
                tile.work = work.joined(tile.work)
        return changed

    def _work_off(self, tile: MaskTile, work: MaskWork, area: Rect, level: int) -> None:
        source = photo_rect(work.rect, level, self._photo)
        corner = work.rect.relative_to(area)
        part = tile.levels[corner.slices]
        if work.growth is None:
            shapes, feather = self.region.shapes, self.region.feather
            part[:] = to_bytes(rasterize(shapes, feather, source, self._photo, 1 << level))
        else:
            part[:] = grown_bytes(part, work.growth, source, self._photo, 1 << level)
        colour = np.empty((*part.shape, 3), np.uint8)
        colour[:] = self._tint
        painter = QPainter(tile.image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(QPoint(corner.x, corner.y), premultiplied_image(colour, part))
        painter.end()
        tile.work = None
