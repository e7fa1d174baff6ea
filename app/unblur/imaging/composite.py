"""The result: the source with each region's restored pixels blended in, in order.

Worked in float, strip by strip, and rounded once at the end. Where nothing is blended the
source's own integers pass through untouched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from unblur.document.buffer import FloatImage, Mask, PixelImage, UInt16Image, full_scale
from unblur.document.document import Document
from unblur.document.geometry import Rect
from unblur.document.region import Region, RegionId
from unblur.imaging.masks import blend_mask

_STRIP_PIXELS = 1 << 16  # under a megabyte of floats: stays in the cache
# Masks are drawn for many strips at once: a wide feather looks far around every time.
_BAND_PIXELS = 1 << 20
_RESTORED_SCALE = 65535.0

FloatArray = NDArray[np.floating[Any]]


class LayerReader(Protocol):
    """Where restored pixels come from."""

    def read(self, region_id: RegionId, rect: Rect) -> tuple[UInt16Image, FloatImage] | None:
        """Restored pixels of a region over `rect`, or None when there are none at all.

        Gives (h, w, 3) pixels and their (h, w) coverage in [0, 1]: 0 where nothing is
        restored yet.
        """
        ...


@runtime_checkable
class ForgetfulReader(LayerReader, Protocol):
    """One whose `read` forgets what lies above, because the result is made once, from above."""

    def peek(self, region_id: RegionId, rect: Rect) -> tuple[UInt16Image, FloatImage] | None:
        """What `read` would give, and nothing is forgotten."""
        ...


@dataclass(frozen=True, slots=True)
class _Peeking:
    """A forgetful reader that is only looked at."""

    layers: ForgetfulReader

    def read(self, region_id: RegionId, rect: Rect) -> tuple[UInt16Image, FloatImage] | None:
        return self.layers.peek(region_id, rect)


class _Wanted(NamedTuple):
    """What one region blends in: its mask over `rect`, a part of the photo."""

    region: Region
    rect: Rect
    mask: Mask


def result(document: Document, layers: LayerReader, rect: Rect) -> PixelImage:
    """The composite over `rect` (inside the photo) at the photo's native depth, (h, w, 3).

    `source + mask · strength · (restored − source)`; bit-equal to the source wherever
    mask · strength · coverage is zero in every region, and where the photo is protected.
    """
    out = document.photo.pixels[rect.slices].copy()
    for band in _rows(rect, _BAND_PIXELS):
        wanted = _wanted(document, band)
        for strip in _rows(band, _STRIP_PIXELS) if wanted else ():
            _blend_regions(out[strip.relative_to(rect).slices], wanted, layers, strip)
    return out


def changes_pixels(document: Document, region: Region, layers: LayerReader) -> bool:
    """Whether a pixel of the photo is another one because of this region.

    It only looks: what is read here can be read again.
    """
    if isinstance(layers, ForgetfulReader):
        layers = _Peeking(layers)
    alone = replace(document, regions=(region,))
    for strip in _rows(region.bounds(document.photo.size), _BAND_PIXELS):
        before = document.photo.pixels[strip.slices]
        if not np.array_equal(result(alone, layers, strip), before):
            return True
    return False


def _rows(rect: Rect, pixels: int) -> Iterator[Rect]:
    """`rect` cut into pieces of its width and about so many pixels, from above."""
    height = max(1, pixels // max(1, rect.width))
    for top in range(rect.top, rect.bottom, height):
        yield Rect.from_edges(rect.left, top, rect.right, min(top + height, rect.bottom))


def _wanted(document: Document, band: Rect) -> list[_Wanted]:
    """The masks over `band` of all regions that show there, in their order."""
    size = document.photo.size
    found = []
    for region in document.regions:
        part = region.bounds(size).intersected(band)
        if not region.is_visible or region.strength <= 0 or part.is_empty:
            continue
        mask = blend_mask(region, document.protection, part, size)
        if mask.any():
            found.append(_Wanted(region, part, mask))
    return found


def _blend_regions(
    out: PixelImage, wanted: list[_Wanted], layers: LayerReader, strip: Rect
) -> None:
    """Blend every region that shows in `strip` into `out`, which holds the source there."""
    scale = full_scale(out.dtype)
    # Single precision is within a thousandth of a level at 8 bits, but not at 16.
    precision = np.float64 if out.dtype == np.uint16 else np.float32
    values: FloatArray | None = None
    touched: NDArray[np.bool_] | None = None
    for item in wanted:
        part = item.rect.intersected(strip)
        weighted = None if part.is_empty else _weighted(item, layers, part)
        if weighted is None:
            continue
        if values is None or touched is None:
            values = out.astype(precision)
            touched = np.zeros(out.shape[:2], bool)
        restored, weight = weighted
        where = part.relative_to(strip).slices
        touched[where] |= weight > 0
        _blend(values[where], restored, weight, scale)
    if values is not None and touched is not None:
        _store(out, values, touched)


def _weighted(
    wanted: _Wanted, layers: LayerReader, rect: Rect
) -> tuple[UInt16Image, FloatImage] | None:
    """Restored pixels of a region over `rect` with their weights; None where all are zero."""
    mask = wanted.mask[rect.relative_to(wanted.rect).slices]
    if not mask.any():
        return None
    layer = layers.read(wanted.region.id, rect)
    if layer is None:
        return None
    restored, coverage = layer
    weight = mask * coverage * np.float32(min(wanted.region.strength, 1.0))
    return (restored, weight) if weight.any() else None


def _blend(values: FloatArray, restored: UInt16Image, weight: FloatImage, scale: float) -> None:
    """Move `values` (0 to `scale`) towards `restored` by `weight`, in place."""
    change = restored.astype(values.dtype)
    if scale != _RESTORED_SCALE:
        change *= values.dtype.type(scale / _RESTORED_SCALE)
    change -= values
    change *= weight[..., None]
    values += change


def _store(out: PixelImage, values: FloatArray, touched: NDArray[np.bool_]) -> None:
    """Round `values` into `out` where anything was blended."""
    if out.dtype != np.float32:
        np.rint(values, out=values)
        np.clip(values, 0, full_scale(out.dtype), out=values)
    np.copyto(out, values, where=touched[..., None], casting="unsafe")
