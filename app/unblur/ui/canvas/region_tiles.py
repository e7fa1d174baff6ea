"""The restored pixels of one region as display tiles."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QImage

from unblur.document.geometry import Rect
from unblur.document.mask_change import mask_change, region_change, region_growth
from unblur.document.photo import Photo
from unblur.document.region import Region
from unblur.document.shapes import Shape
from unblur.imaging.composite import LayerReader
from unblur.ui.canvas.colour import DisplayColour
from unblur.ui.canvas.levels import TileKey, padded, part_of, photo_rect, reached_keys
from unblur.ui.canvas.mask_work import MaskWork
from unblur.ui.canvas.restored_tile import RestoredTile
from unblur.ui.canvas.tile_cache import TileCache
from unblur.ui.canvas.timebox import TimeBox

RESTORED_BUDGET = 192 * 2**20


class RegionTiles:
    """Tiles of one region: painted over the source with the region's strength as opacity.

    Strength is not in the tiles, so moving it converts nothing. `conversions` counts the
    steps of work done, for tests and benchmarks.
    """

    stand_in = None

    def __init__(
        self,
        photo: Photo,
        colour: DisplayColour,
        layers: LayerReader,
        region: Region,
        protection: tuple[Shape, ...] = (),
        budget: int = RESTORED_BUDGET,
    ) -> None:
        self.conversions = 0
        self.region = region
        self.protection = protection
        self._bounds = region.bounds(photo.size)
        self._photo = photo
        self._colour = colour
        self._layers = layers
        self._cache: TileCache[TileKey, RestoredTile] = TileCache(budget)

    @property
    def nbytes(self) -> int:
        """Bytes of all tiles that are kept."""
        return self._cache.nbytes

    def begin_frame(self) -> None:
        """A new paint begins."""
        self._cache.begin_frame()

    def image(self, key: TileKey) -> QImage | None:
        """The tile over `levels.padded(key)`, as far as it is known; None when it is empty."""
        tile = self._cache.get(key)
        return tile.image if tile else None

    def is_current(self, key: TileKey) -> bool:
        """Whether the tile needs no work; beyond the region's bounds it is empty."""
        tile = self._cache.get(key)
        if tile is not None:
            return tile.is_current
        size = self._photo.size
        return not photo_rect(padded(key, size), key.level, size).overlaps(self._bounds)

    def advance(self, key: TileKey, time: TimeBox) -> None:
        """Bring the tile nearer to being current while there is time."""
        tile = self._cache.get(key)
        if tile is None:
            tile = RestoredTile(key, self._photo)
            self._cache.put(key, tile)
        self.conversions += tile.advance(
            self.region, self.protection, self._layers, self._colour, time
        )

    def pixels_changed(self, rect: Rect) -> None:
        """Restored pixels changed in `rect` of the photo."""
        for tile, touched in self._reached(rect):
            tile.mark_pixels(touched)

    def show_region(
        self, region: Region, protection: tuple[Shape, ...], layers: LayerReader
    ) -> Rect:
        """Take the region as it is now, and what is protected; returns what looks different."""
        size = self._photo.size
        changed = region_change(self.region, region, size)
        unprotected = mask_change(self.protection, protection, size)
        changed = changed.united(unprotected.intersected(region.bounds(size)))
        # What is protected lowers the mask afterwards: painting over it is not enough then.
        is_simple = not self.protection and not protection
        growth = region_growth(self.region, region) if is_simple else None
        self.region, self.protection, self._layers = region, protection, layers
        self._bounds = region.bounds(size)
        for tile, touched in self._reached(changed):
            tile.mark_mask(MaskWork(touched, growth))
        return changed

    def forget_pixels(self) -> None:
        """The region has another model: what was restored counts for nothing."""
        self._cache.clear()

    def _reached(self, rect: Rect) -> Iterator[tuple[RestoredTile, Rect]]:
        """Tiles that depend on `rect` of the photo, and which of their pixels do."""
        for key in reached_keys(rect, self._cache.keys(), self._photo.size):
            tile = self._cache.peek(key)
            if tile is not None:
                yield tile, part_of(key, rect, self._photo.size)
