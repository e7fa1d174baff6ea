"""Shapes to masks: float32 in [0, 1] over a rectangle of the photo.

The feather runs inward from the drawn edge, as a raised cosine of the distance to the
nearest pixel outside. Whatever rectangle is asked for, its mask is a crop of the whole
photo's, so that tiles and strips join without a seam. The photo's own border is no edge.
"""

from __future__ import annotations

import math

import numpy as np

from unblur.document.buffer import Mask
from unblur.document.geometry import Rect, Size
from unblur.document.shapes import BrushStroke, Rectangle, Shape, WholePhoto, bounds_of
from unblur.imaging.opencv import cv2
from unblur.imaging.strokes import paint_stroke


def rasterize(
    shapes: tuple[Shape, ...], feather: float, rect: Rect, photo: Size, factor: int = 1
) -> Mask:
    """The mask of `shapes` over `rect` (photo pixels, inside the photo).

    Exact at factor 1, (height, width). At a larger factor it is drawn directly at
    1/factor of the size, over `rect.shrunk_by(factor)`, for display.
    """
    target = rect.shrunk_by(factor)
    if target.is_empty or not _painted(shapes, rect, photo):
        return np.zeros((target.height, target.width), np.float32)
    if _covers_everything(shapes):
        return np.ones((target.height, target.width), np.float32)
    if feather > 0 and len(shapes) == 1 and isinstance(shapes[0], Rectangle):
        return _feathered_rectangle(shapes[0].rect, feather, target, photo, factor)
    # Beyond the bounds the mask is zero, and one pixel of that is edge enough.
    bounds = bounds_of(shapes, photo).shrunk_by(factor)
    within = bounds.expanded(1, Rect.of_size(photo).shrunk_by(factor))
    margin = math.ceil(feather / factor) + 1 if feather > 0 else 0
    grown = target.expanded(margin, within)
    mask = np.zeros((grown.height, grown.width), np.float32)
    for shape in shapes:
        _paint(mask, grown, shape, factor)
    if feather > 0:
        _feather(mask, feather / factor)
    return _placed(mask, grown, target)


def touches(shapes: tuple[Shape, ...], feather: float, rect: Rect, photo: Size) -> bool:
    """Whether the mask is above zero somewhere in `rect`.

    The feather lowers the mask but leaves it above zero wherever it was.
    """
    del feather
    clipped = rect.intersected(Rect.of_size(photo))
    if clipped.is_empty or not _painted(shapes, clipped, photo):
        return False
    return _covers_everything(shapes) or bool(rasterize(shapes, 0.0, clipped, photo).any())


def _painted(shapes: tuple[Shape, ...], rect: Rect, photo: Size) -> bool:
    return bounds_of(shapes, photo).overlaps(rect)


def _covers_everything(shapes: tuple[Shape, ...]) -> bool:
    """Whether nothing is erased after the last shape that covers the whole photo."""
    for shape in reversed(shapes):
        if isinstance(shape, WholePhoto):
            return True
        if isinstance(shape, BrushStroke) and shape.erase:
            return False
    return False


def _paint(mask: Mask, area: Rect, shape: Shape, factor: int) -> None:
    """Paint one shape over `mask`, which holds the pixels of `area` at 1/factor."""
    if isinstance(shape, WholePhoto):
        mask[:] = 1.0
    elif isinstance(shape, Rectangle):
        _paint_rectangle(mask, area, shape.rect, factor)
    else:
        paint_stroke(mask, area, shape, factor)


def _paint_rectangle(mask: Mask, area: Rect, rect: Rect, factor: int) -> None:
    columns = _covered(area.left, area.right, rect.left / factor, rect.right / factor)
    rows = _covered(area.top, area.bottom, rect.top / factor, rect.bottom / factor)
    x = np.flatnonzero(columns)
    y = np.flatnonzero(rows)
    if x.size and y.size:
        part = mask[y[0] : y[-1] + 1, x[0] : x[-1] + 1]
        np.maximum(part, rows[y, None] * columns[None, x], out=part)


def _covered(start: int, stop: int, low: float, high: float) -> Mask:
    """How much of each pixel from `start` to `stop` lies between `low` and `high`."""
    edges = np.arange(start, stop, dtype=np.float64)
    shares = np.minimum(edges + 1, high) - np.maximum(edges, low)
    covered: Mask = np.clip(shares, 0.0, 1.0).astype(np.float32)
    return covered


def _placed(mask: Mask, area: Rect, target: Rect) -> Mask:
    """The pixels of `target`, where `mask` holds those of `area` and the rest is zero."""
    if area == target:
        return mask
    placed = np.zeros((target.height, target.width), np.float32)
    shared = area.intersected(target)
    if not shared.is_empty:
        placed[shared.relative_to(target).slices] = mask[shared.relative_to(area).slices]
    return placed


def _feather(mask: Mask, feather: float) -> None:
    """Lower `mask` towards the edge of what is above zero, in place."""
    inside = (mask > 0).view(np.uint8)
    if inside.all():
        return
    distance: Mask = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # OpenCV's square roots differ in the last bit with the size of the array; the squares
    # are whole numbers, and numpy's roots of them are exact.
    distance *= distance
    np.rint(distance, out=distance)
    np.sqrt(distance, out=distance)
    # A pixel's centre lies half a pixel nearer to the edge than to its neighbour's centre.
    distance -= np.float32(0.5)
    mask *= _ramp(distance, feather)


def _feathered_rectangle(rect: Rect, feather: float, area: Rect, photo: Size, factor: int) -> Mask:
    """The mask of one rectangle, where the nearest edge is straight across: far quicker."""
    columns = _ramp_along(
        area.left, area.right, rect.left, rect.right, photo.width, feather, factor
    )
    rows = _ramp_along(area.top, area.bottom, rect.top, rect.bottom, photo.height, feather, factor)
    mask: Mask = np.minimum(rows[:, None], columns[None, :])
    return mask


def _ramp_along(
    start: int, stop: int, low: int, high: int, end: int, feather: float, factor: int
) -> Mask:
    """The ramp from both edges inward along one axis; an edge on the photo's border is none."""
    centers = (np.arange(start, stop, dtype=np.float32) + np.float32(0.5)) * np.float32(factor)
    from_low = centers - low if low > 0 else np.full_like(centers, np.inf)
    from_high = high - centers if high < end else np.full_like(centers, np.inf)
    return _ramp(np.minimum(from_low, from_high), feather)


def _ramp(distance: Mask, feather: float) -> Mask:
    """Raised cosine from 0 at the edge to 1 at `feather` inside; works in place."""
    distance *= np.float32(np.pi / feather)
    np.clip(distance, 0.0, np.float32(np.pi), out=distance)
    np.cos(distance, out=distance)
    distance *= np.float32(-0.5)
    distance += np.float32(0.5)
    return distance
