"""What a network is given of a photo: a tile's pixels, and where people are if it can be told."""

from __future__ import annotations

from typing import Any

import numpy as np

from unblur.document.buffer import PixelImage, quantized, to_float
from unblur.document.found_masks import levels_of
from unblur.document.geometry import Size
from unblur.document.grid import LayerKey, TileIndex
from unblur.document.shapes import FoundMask
from unblur.engine import tensors


class LayerInputs:
    """The inputs of one layer's tiles, cut out of the photo's pixels (H, W, 3).

    With `is_told` the people of the layer's key come as a fourth channel, at the photo's depth;
    where the key has none, nobody is there.
    """

    def __init__(self, pixels: PixelImage, key: LayerKey, *, is_told: bool) -> None:
        self.grid = key.grid
        self._pixels = pixels
        size = Size(pixels.shape[1], pixels.shape[0])
        self._people = _plane(key.people, size) if is_told and key.people is not None else None

    def of(self, index: TileIndex) -> PixelImage:
        """What the network sees of a tile, (h, w, 3) or (h, w, 4); a view where it can be."""
        rect = self.grid.input(index)
        colours = tensors.crop(self._pixels, rect)
        if self._people is None:
            return colours
        return _together(colours, tensors.crop(self._people, rect))


def with_people(pixels: PixelImage, people: FoundMask) -> PixelImage:
    """All of a photo (H, W, 3) with its people as a fourth channel, at the photo's depth."""
    return _together(pixels, _plane(people, Size(pixels.shape[1], pixels.shape[0])))


def _together(colours: PixelImage, people: PixelImage) -> PixelImage:
    channels: list[Any] = [colours, quantized(to_float(people), colours.dtype)]  # of one depth
    together: PixelImage = np.concatenate(channels, axis=2)
    return together


def _plane(people: FoundMask, photo: Size) -> PixelImage:
    """The mask over the whole photo, (H, W, 1) uint8."""
    plane = np.zeros((photo.height, photo.width, 1), np.uint8)
    there = people.reach(photo)
    levels = levels_of(people)[there.relative_to(people.rect).slices]
    plane[there.slices] = levels[..., np.newaxis]
    return plane
