"""One display tile of a region: restored pixels with the mask as their alpha."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter

from unblur.document.buffer import UInt8Image
from unblur.document.geometry import Rect, Size
from unblur.document.photo import Photo
from unblur.document.region import Region
from unblur.document.shapes import Shape
from unblur.imaging.composite import LayerReader
from unblur.imaging.masks import blend_mask
from unblur.imaging.pyramid import display_pixels
from unblur.ui.canvas.colour import DisplayColour
from unblur.ui.canvas.levels import TileKey, padded, photo_rect
from unblur.ui.canvas.mask_work import MaskWork, grown_bytes, to_bytes
from unblur.ui.canvas.timebox import TimeBox
from unblur.ui.qimage import premultiplied_image, transparent_image

_BLOCK = 512  # photo pixels a step reads along each side, so that a step stays in its time
_MANY = 64  # dirty rectangles beyond which the whole tile is read anew


@dataclass(slots=True, eq=False)
class RestoredTile:
    """Restored pixels, coverage and mask of one tile, and the image made of them.

    What is out of date is listed in `stale_pixels` and `stale_mask`, as rectangles of the
    tile's level; `advance` works them off and repaints only those parts of the image.
    """

    key: TileKey
    photo: Photo
    area: Rect = field(init=False)
    pixels: UInt8Image | None = None
    coverage: NDArray[np.uint8] = field(init=False)
    mask: NDArray[np.uint8] = field(init=False)
    image: QImage | None = None
    stale_pixels: list[Rect] = field(default_factory=list)
    stale_mask: MaskWork | None = None

    def __post_init__(self) -> None:
        """Begin with everything out of date."""
        self.area = padded(self.key, self.photo.size)
        shape = (self.area.height, self.area.width)
        self.coverage = np.zeros(shape, np.uint8)
        self.mask = np.zeros(shape, np.uint8)
        self.stale_mask = MaskWork(self.area)
        self.mark_pixels(self.area)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        pixels = 0 if self.pixels is None else self.pixels.nbytes
        image = 0 if self.image is None else int(self.image.sizeInBytes())
        return pixels + image + self.coverage.nbytes + self.mask.nbytes

    @property
    def is_current(self) -> bool:
        """Whether nothing is out of date that shows: where the mask is empty, no pixel does."""
        return self.stale_mask is None and not (self.stale_pixels and self.mask.any())

    def mark_pixels(self, rect: Rect) -> None:
        """Restored pixels changed in `rect` of the level."""
        if len(self.stale_pixels) > _MANY:
            self.stale_pixels.clear()
            rect = self.area
        step = max(1, _BLOCK >> self.key.level)
        touched = rect.intersected(self.area)
        for top in range(touched.top, touched.bottom, step):
            for left in range(touched.left, touched.right, step):
                block = Rect(left, top, step, step).intersected(touched)
                if block not in self.stale_pixels:
                    self.stale_pixels.append(block)

    def mark_mask(self, work: MaskWork) -> None:
        """The mask changed in a part of this tile."""
        self.stale_mask = work.joined(self.stale_mask)

    def advance(
        self,
        region: Region,
        protection: tuple[Shape, ...],
        layers: LayerReader,
        colour: DisplayColour,
        time: TimeBox,
    ) -> int:
        """Work off what is out of date while there is time; returns the steps taken."""
        steps = 0
        changed = Rect(0, 0, 0, 0)
        if self.stale_mask is not None and time.allows_step():
            work, self.stale_mask = self.stale_mask, None
            self._read_mask(region, protection, work)
            changed = changed.united(work.rect)
            steps += 1
        while self.stale_pixels and self.mask.any() and time.allows_step():
            rect = self.stale_pixels.pop(0)
            self._read_pixels(region, layers, colour, rect)
            changed = changed.united(rect)
            steps += 1
        if not changed.is_empty:
            self._repaint(changed)
        return steps

    def _read_mask(self, region: Region, protection: tuple[Shape, ...], work: MaskWork) -> None:
        level, size = self.key.level, self.photo.size
        source = photo_rect(work.rect, level, size)
        part = self.mask[work.rect.relative_to(self.area).slices]
        if work.growth is None:
            part[:] = to_bytes(blend_mask(region, protection, source, size, 1 << level))
        else:
            part[:] = grown_bytes(part, work.growth, source, size, 1 << level)

    def _read_pixels(
        self, region: Region, layers: LayerReader, colour: DisplayColour, rect: Rect
    ) -> None:
        level, place = self.key.level, rect.relative_to(self.area).slices
        source = photo_rect(rect, level, self.photo.size)
        found = layers.read(region.id, source)
        if found is None or not found[1].any():
            self.coverage[place] = 0
            return
        restored, coverage = found
        # Averaging at a border of what is restored would mix in the black beyond it.
        shown = display_pixels(
            _completed(restored, coverage, self.photo, source), _at_corner(source), level
        )
        if self.pixels is None:
            self.pixels = np.zeros((*self.coverage.shape, 3), np.uint8)
        self.pixels[place] = colour.shown(shown)
        self.coverage[place] = _shrunk_coverage(coverage, level)

    def _repaint(self, rect: Rect) -> None:
        """Bring the image up to date in `rect`."""
        if self.pixels is None:
            return
        if self.image is None:
            self.image = transparent_image(self.area.width, self.area.height)
            rect = self.area
        place = rect.relative_to(self.area)
        mask, coverage = self.mask[place.slices], self.coverage[place.slices]
        alpha = mask if coverage.min() == 255 else _product(mask, coverage)
        part = premultiplied_image(self.pixels[place.slices], alpha)
        painter = QPainter(self.image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(QPoint(place.x, place.y), part)
        painter.end()


def _at_corner(rect: Rect) -> Rect:
    return replace(rect, x=0, y=0)


def _completed(
    restored: NDArray[np.uint16], coverage: NDArray[np.float32], photo: Photo, rect: Rect
) -> NDArray[np.uint16]:
    """Restored pixels with the source's where nothing is restored yet."""
    if coverage.all():
        return restored
    scale = {8: 257.0, 16: 1.0, 32: 65535.0}[photo.bits]
    source = np.clip(photo.pixels[rect.slices] * np.float32(scale), 0, 65535).astype(np.uint16)
    completed: NDArray[np.uint16] = np.where(coverage[..., None] > 0, restored, source)
    return completed


def _shrunk_coverage(coverage: NDArray[np.float32], level: int) -> NDArray[np.uint8]:
    """Coverage at a level as 8 bits; a border's last row and column repeat into its cells."""
    if coverage.min() >= 1.0:
        height, width = (-(-side // (1 << level)) for side in coverage.shape)
        return np.full((height, width), 255, np.uint8)
    factor = 1 << level
    size = Size(coverage.shape[1], coverage.shape[0])
    padding = ((0, -size.height % factor), (0, -size.width % factor))
    padded_coverage = np.pad(coverage, padding, mode="edge")
    rows, columns = padded_coverage.shape[0] // factor, padded_coverage.shape[1] // factor
    means = padded_coverage.reshape(rows, factor, columns, factor).mean(axis=(1, 3))
    return np.rint(means * np.float32(255.0)).astype(np.uint8)


def _product(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    product = one.astype(np.uint16) * other
    return ((product + 127) // 255).astype(np.uint8)
