"""How much of each pixel a drawn shape covers, (H, W) in [0, 1].

The outcome does not depend on the rectangle that is asked for, so tiles and strips join.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unblur.document.buffer import Mask
from unblur.document.found_masks import levels_of
from unblur.document.geometry import Point, Rect
from unblur.document.shapes import Drawn, Ellipse, FoundMask, Lasso, Rectangle
from unblur.imaging.strokes import stroke_coverage

_SUBSAMPLES = 4  # along each side of a pixel: an edge has sixteen levels

Lengths = NDArray[np.float64]


def coverage(shape: Drawn, area: Rect, factor: int) -> Mask:
    """The share of each pixel of `area` that `shape` covers, in a photo 1/factor the size."""
    if isinstance(shape, Rectangle):
        return _rectangle(shape.rect, area, factor)
    if isinstance(shape, Ellipse):
        return _ellipse(shape.rect, area, factor)
    if isinstance(shape, Lasso):
        return _polygon(shape.points, area, factor)
    if isinstance(shape, FoundMask):
        return _found(shape, area, factor)
    return stroke_coverage(shape, area, factor)


def _rectangle(rect: Rect, area: Rect, factor: int) -> Mask:
    columns = _covered(area.left, area.right, rect.left / factor, rect.right / factor)
    rows = _covered(area.top, area.bottom, rect.top / factor, rect.bottom / factor)
    covered: Mask = rows[:, None] * columns[None, :]
    return covered


def _covered(start: int, stop: int, low: float, high: float) -> Mask:
    """How much of each pixel from `start` to `stop` lies between `low` and `high`."""
    edges = np.arange(start, stop, dtype=np.float64)
    shares = np.minimum(edges + 1, high) - np.maximum(edges, low)
    covered: Mask = np.clip(shares, 0.0, 1.0).astype(np.float32)
    return covered


def _ellipse(rect: Rect, area: Rect, factor: int) -> Mask:
    """The distance to the edge, to first order: exact where it matters, at the edge itself.

    The edge softens inward over one pixel, so nothing beyond the drawn line is covered.
    """
    if rect.is_empty:
        return np.zeros((area.height, area.width), np.float32)
    x = _from_center(area.left, area.right, rect.center.x, factor)[None, :]
    y = _from_center(area.top, area.bottom, rect.center.y, factor)[:, None]
    half_x, half_y = rect.width / 2 / factor, rect.height / 2 / factor
    level = np.sqrt((x / half_x) ** 2 + (y / half_y) ** 2)  # 1 on the edge
    slope = np.sqrt((x / half_x**2) ** 2 + (y / half_y**2) ** 2)
    inward = np.full(level.shape, min(half_x, half_y))
    np.divide(level * (1.0 - level), slope, out=inward, where=slope > 0)
    covered: Mask = np.clip(inward, 0.0, 1.0).astype(np.float32)
    return covered


def _from_center(start: int, stop: int, center: float, factor: int) -> Lengths:
    return np.arange(start, stop, dtype=np.float64) + 0.5 - center / factor


def _found(shape: FoundMask, area: Rect, factor: int) -> Mask:
    """The mean over the photo pixels that each pixel stands for."""
    wanted = area.enlarged_by(factor)
    levels = np.zeros((wanted.height, wanted.width), np.uint8)
    shared = wanted.intersected(shape.rect)
    if not shared.is_empty:
        part = levels_of(shape)[shared.relative_to(shape.rect).slices]
        levels[shared.relative_to(wanted).slices] = part
    if factor == 1:
        return np.multiply(levels, np.float32(1 / 255), dtype=np.float32)
    squares = levels.reshape(area.height, factor, area.width, factor)
    sums = squares.sum(axis=(1, 3), dtype=np.uint32)
    covered: Mask = np.multiply(sums, np.float32(1 / (255 * factor**2)), dtype=np.float32)
    return covered


def _polygon(points: tuple[Point, ...], area: Rect, factor: int) -> Mask:
    """The share of samples around which the line winds: a loop within a loop is inside."""
    if len(points) < 3 or area.is_empty:
        return np.zeros((area.height, area.width), np.float32)
    samples = Rect(
        area.x * _SUBSAMPLES,
        area.y * _SUBSAMPLES,
        area.width * _SUBSAMPLES,
        area.height * _SUBSAMPLES,
    )
    corners = np.asarray(points, np.float64) * (_SUBSAMPLES / factor)
    inside = (_windings(corners, samples) != 0).view(np.uint8)
    rows = inside.reshape(area.height, _SUBSAMPLES, -1).sum(axis=1, dtype=np.uint8)
    counts = sum(rows[:, i::_SUBSAMPLES].astype(np.float32) for i in range(_SUBSAMPLES))
    covered: Mask = np.multiply(counts, np.float32(1 / _SUBSAMPLES**2), dtype=np.float32)
    return covered


def _windings(corners: Lengths, area: Rect) -> NDArray[np.int16]:
    """How often the closed line through `corners` goes around the centre of each pixel."""
    following = np.roll(corners, -1, axis=0)
    is_down = corners[:, 1] < following[:, 1]
    upper = np.where(is_down[:, None], corners, following)
    lower = np.where(is_down[:, None], following, corners)
    first = np.clip(np.ceil(upper[:, 1] - 0.5), area.top, area.bottom).astype(np.int64)
    last = np.clip(np.ceil(lower[:, 1] - 0.5), area.top, area.bottom).astype(np.int64)
    counts = last - first  # rows of pixel centres that each side crosses
    side = np.repeat(np.arange(len(corners)), counts)
    row = np.arange(len(side)) - np.repeat(np.cumsum(counts) - counts, counts) + first[side]
    rise = lower[side, 1] - upper[side, 1]
    along = (row + 0.5 - upper[side, 1]) / rise
    x = upper[side, 0] + along * (lower[side, 0] - upper[side, 0])
    column = np.clip(np.ceil(x - 0.5), area.left, area.right).astype(np.int64) - area.left
    turns = np.zeros((area.height, area.width + 1), np.int16)
    np.add.at(turns, (row - area.top, column), np.where(is_down[side], 1, -1).astype(np.int16))
    windings: NDArray[np.int16] = np.cumsum(turns[:, :-1], axis=1, dtype=np.int16)
    return windings
