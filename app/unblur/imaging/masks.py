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
from unblur.document.region import Region
from unblur.document.shapes import (
    BrushStroke,
    Drawn,
    FoundMask,
    Grow,
    Invert,
    Mode,
    Pressure,
    Rectangle,
    Shape,
    WholePhoto,
    bounds_of,
)
from unblur.imaging.coverage import coverage
from unblur.imaging.morphology import exact_distance, grown, margin_of

Shapes = tuple[Shape, ...]


def rasterize(shapes: Shapes, feather: float, rect: Rect, photo: Size, factor: int = 1) -> Mask:
    """The mask of `shapes` over `rect` (photo pixels, inside the photo).

    Exact at factor 1, (height, width). At a larger factor it is drawn directly at
    1/factor of the size, over `rect.shrunk_by(factor)`, for display.
    """
    target = rect.shrunk_by(factor)
    if target.is_empty or not bounds_of(shapes, photo).overlaps(rect):
        return np.zeros((target.height, target.width), np.float32)
    if _covers_everything(shapes):
        return np.ones((target.height, target.width), np.float32)
    only = shapes[0] if len(shapes) == 1 else None
    if feather > 0 and isinstance(only, Rectangle):
        return _feathered_rectangle(only.rect, feather, target, photo, factor)
    if feather <= 0:
        return _drawn(shapes, target, photo, factor)
    # Beyond the bounds the mask is zero, and one pixel of that is edge enough.
    margin = math.ceil(feather / factor) + 1
    around = target.expanded(margin, _bounds(shapes, photo, factor, 1))
    mask = _drawn(shapes, around, photo, factor)
    _feather(mask, feather / factor)
    return _placed(mask, around, target)


def blend_mask(
    region: Region, protection: Shapes, rect: Rect, photo: Size, factor: int = 1
) -> Mask:
    """How much of a region's restored pixels is wanted: its mask without what is protected."""
    mask = rasterize(region.shapes, region.feather, rect, photo, factor)
    if protection and mask.any():
        mask *= np.float32(1.0) - rasterize(protection, 0.0, rect, photo, factor)
    return mask


def painted_over(
    mask: Mask, shapes: tuple[Drawn, ...], rect: Rect, photo: Size, factor: int = 1
) -> Mask:
    """`mask`, which holds `rect` as `rasterize` gives it, with more shapes; it is used up.

    The same as drawing all shapes anew, as long as there is no feather and none of the new
    ones intersects.
    """
    target = rect.shrunk_by(factor)
    for shape in shapes:
        mask = _with_shape(mask, target, shape, photo, factor)
    return mask


def touches(shapes: Shapes, feather: float, rect: Rect, photo: Size) -> bool:
    """Whether the mask is above zero somewhere in `rect`.

    The feather lowers the mask but leaves it above zero wherever it was.
    """
    del feather
    clipped = rect.intersected(Rect.of_size(photo))
    if clipped.is_empty or not bounds_of(shapes, photo).overlaps(clipped):
        return False
    return _covers_everything(shapes) or bool(rasterize(shapes, 0.0, clipped, photo).any())


def _covers_everything(shapes: Shapes) -> bool:
    """Whether the mask is one everywhere, as far as the shapes say without drawing them."""
    is_full, is_empty = False, True
    for shape in shapes:
        if isinstance(shape, WholePhoto):
            is_full, is_empty = True, False
        elif isinstance(shape, Invert):
            is_full, is_empty = is_empty, is_full
        elif not isinstance(shape, Grow):
            is_full = is_full and shape.mode is Mode.ADD
            is_empty = is_empty and shape.mode is not Mode.ADD
    return is_full


def _bounds(shapes: Shapes, photo: Size, factor: int, margin: int) -> Rect:
    """The bounds of `shapes` and `margin` pixels around them, at 1/factor of the size."""
    whole = Rect.of_size(photo).shrunk_by(factor)
    return bounds_of(shapes, photo).shrunk_by(factor).expanded(margin, whole)


def _drawn(shapes: Shapes, area: Rect, photo: Size, factor: int) -> Mask:
    """All shapes over `area`, without feather, in a photo 1/factor the size."""
    last = next((i for i in reversed(range(len(shapes))) if isinstance(shapes[i], Grow)), None)
    if last is None:
        mask, rest = np.zeros((area.height, area.width), np.float32), shapes
    else:
        mask, rest = _moved_edge(shapes[: last + 1], area, photo, factor), shapes[last + 1 :]
    for shape in rest:
        mask = _with_shape(mask, area, shape, photo, factor)
    return mask


def _moved_edge(shapes: Shapes, area: Rect, photo: Size, factor: int) -> Mask:
    """The mask of shapes that end with a `Grow`."""
    *before, step = shapes
    assert isinstance(step, Grow)
    drawn, pixels = tuple(before), step.pixels / factor
    is_soft = _is_soft(drawn)
    reach = margin_of(pixels, is_soft=is_soft)
    work = area.expanded(reach, _bounds(drawn, photo, factor, reach))
    if work.is_empty:
        return np.zeros((area.height, area.width), np.float32)
    mask = _drawn(drawn, work, photo, factor)
    return _placed(grown(mask, pixels, is_soft=is_soft), work, area)


def _is_soft(shapes: Shapes) -> bool:
    """Whether the mask may have edges wider than a pixel."""
    return any(
        isinstance(shape, FoundMask)
        or (
            isinstance(shape, BrushStroke)
            and (shape.hardness < 1.0 or (shape.pressures and shape.pressure is Pressure.OPACITY))
        )
        for shape in shapes
    )


def _with_shape(mask: Mask, area: Rect, shape: Shape, photo: Size, factor: int) -> Mask:
    """`mask`, the pixels of `area`, with one more shape; drawn in place where that can be.

    Modes take the larger or the smaller value, as sets of pixels do: painting a place twice
    makes no soft edge harder.
    """
    if isinstance(shape, WholePhoto):
        mask[:] = 1.0
        return mask
    if isinstance(shape, Invert):
        np.subtract(np.float32(1.0), mask, out=mask)
        return mask
    assert not isinstance(shape, Grow)
    reach = shape.reach(photo).shrunk_by(factor).intersected(area)
    if reach.is_empty:
        if shape.mode is Mode.INTERSECT:
            mask[:] = 0.0
        return mask
    part = mask[reach.relative_to(area).slices]
    covered = coverage(shape, reach, factor)
    if shape.mode is Mode.ADD:
        np.maximum(part, covered, out=part)
    elif shape.mode is Mode.SUBTRACT:
        np.minimum(part, np.float32(1.0) - covered, out=part)
    else:
        mask = _placed(np.minimum(part, covered), reach, area)
    return mask


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
    inside = mask > 0
    if inside.all():
        return
    distance = exact_distance(inside)
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
