"""A region's mask as a colour: the tint of the selected region, and where outlines run."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from unblur.document.geometry import Rect, Size
from unblur.document.mask_change import region_change
from unblur.document.region import Region
from unblur.imaging.masks import rasterize
from unblur.ui.canvas.levels import TileKey, padded, photo_rect, reached_keys
from unblur.ui.canvas.source_tiles import SourceTile
from unblur.ui.canvas.tile_cache import TileCache
from unblur.ui.canvas.timebox import TimeBox
from unblur.ui.qimage import premultiplied_image

_BUDGET = 64 * 2**20
TINT = (64, 156, 255)


class MaskTiles:
    """Tiles of one region's mask in the tint's colour, as opaque as the mask is."""

    stand_in = None

    def __init__(self, region: Region, photo: Size) -> None:
        self.region = region
        self._photo = photo
        self._cache: TileCache[TileKey, SourceTile] = TileCache(_BUDGET)
        self._stale: set[TileKey] = set()

    def begin_frame(self) -> None:
        """A new paint begins."""
        self._cache.begin_frame()

    def image(self, key: TileKey) -> QImage | None:
        """The tile, or None before it was rasterised."""
        tile = self._cache.get(key)
        return tile.image if tile else None

    def is_current(self, key: TileKey) -> bool:
        """Whether the tile needs no work."""
        return key not in self._stale and self._cache.get(key) is not None

    def advance(self, key: TileKey, time: TimeBox) -> None:
        """Rasterise the tile if there is time."""
        if not time.allows_step():
            return
        source = photo_rect(padded(key, self._photo), key.level, self._photo)
        shapes, feather = self.region.shapes, self.region.feather
        mask = rasterize(shapes, feather, source, self._photo, 1 << key.level)
        alpha = np.rint(mask * np.float32(255.0)).astype(np.uint8)
        colour = np.empty((*alpha.shape, 3), np.uint8)
        colour[:] = TINT
        self._cache.put(key, SourceTile(premultiplied_image(colour, alpha)))
        self._stale.discard(key)

    def show_region(self, region: Region) -> Rect:
        """Take the region's new shapes and feather; returns what looks different."""
        changed = region_change(self.region, region, self._photo)
        self.region = region
        for key in reached_keys(changed, self._cache.keys(), self._photo):
            self._stale.add(key)
        return changed
