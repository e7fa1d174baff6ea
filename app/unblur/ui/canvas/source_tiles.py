"""The photo as display tiles, converted when they are first seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtGui import QImage

from unblur.document.buffer import PixelImage
from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.imaging.pyramid import display_pixels
from unblur.ui.canvas.colour import DisplayColour
from unblur.ui.canvas.levels import TileKey, padded, photo_rect
from unblur.ui.canvas.tile_cache import TileCache
from unblur.ui.canvas.timebox import TimeBox
from unblur.ui.qimage import opaque_image

SOURCE_BUDGET = 256 * 2**20
_STAND_IN_PIXELS = 400_000


@dataclass(frozen=True, slots=True, eq=False)
class StandIn:
    """The whole photo from every `step`-th pixel, for tiles that are not converted yet."""

    image: QImage
    step: int


@dataclass(frozen=True, slots=True, eq=False)
class SourceTile:
    """One converted tile."""

    image: QImage

    @property
    def nbytes(self) -> int:
        """Bytes of the image."""
        return int(self.image.sizeInBytes())


class SourceTiles:
    """Tiles of one photo, colour-managed and opaque, and a coarse stand-in for all of it."""

    def __init__(self, photo: Photo, colour: DisplayColour, budget: int = SOURCE_BUDGET) -> None:
        self.conversions = 0
        self._photo = photo
        self._colour = colour
        self._cache: TileCache[TileKey, SourceTile] = TileCache(budget)
        self.stand_in = self._make_stand_in()

    @property
    def nbytes(self) -> int:
        """Bytes of all tiles that are kept."""
        return self._cache.nbytes

    def begin_frame(self) -> None:
        """A new paint begins."""
        self._cache.begin_frame()

    def image(self, key: TileKey) -> QImage | None:
        """The tile over `levels.padded(key)`, or None before it was converted."""
        tile = self._cache.get(key)
        return tile.image if tile else None

    def is_current(self, key: TileKey) -> bool:
        """Whether the tile needs no work."""
        return self._cache.get(key) is not None

    def advance(self, key: TileKey, time: TimeBox) -> None:
        """Convert the tile if there is time."""
        if not time.allows_step():
            return
        rect = photo_rect(padded(key, self._photo.size), key.level, self._photo.size)
        shown = self._colour.shown(display_pixels(self._photo.pixels, rect, key.level))
        self._cache.put(key, SourceTile(opaque_image(shown)))
        self.conversions += 1

    def _make_stand_in(self) -> StandIn:
        step = max(1, math.ceil(math.sqrt(self._photo.size.area / _STAND_IN_PIXELS)))
        first = min(step // 2, *(side - 1 for side in self._photo.size))
        sample: PixelImage = self._photo.pixels[first::step, first::step].copy()
        height, width = sample.shape[:2]
        shown = self._colour.shown(display_pixels(sample, Rect(0, 0, width, height), 0))
        return StandIn(opaque_image(shown), step)
