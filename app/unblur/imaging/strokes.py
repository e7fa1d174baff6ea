"""Brush strokes as masks: the exact distance to a polyline, computed only near its edge.

Squares of pixels are split in four, from 128 pixels down to 8. On the way a square that
lies deep inside is filled, one that lies outside is dropped, and a segment that cannot be
the one that counts for any pixel of a square is forgotten there. So the cost of a hard
stroke follows the length of its edge, not its area, and the outcome does not depend on the
rectangle that was asked for.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unblur.document.buffer import Mask, read_only
from unblur.document.geometry import Rect, Size
from unblur.document.shapes import BrushStroke, Pressure

_LARGEST = 128
_SMALLEST = 8
_DIRECT = 1 << 16  # pixels times segments: below that, searching costs more than it saves
_REMEMBERED = 1 << 18  # pixels
_LIGHTEST = 0.05  # of the pressure: a pen that touches draws something
_SLACK = 0.01  # pixels: keeps rounding from dropping the segment that counts

Floats = NDArray[np.float32]
Indices = NDArray[np.int32]


class _Segments(NamedTuple):
    """Line segments: start, vector to the end, and one over its squared length.

    Radius and opacity are those at the start, and how much they change to the end.
    """

    x: Floats
    y: Floats
    dx: Floats
    dy: Floats
    inverse: Floats
    radius: Floats
    widening: Floats
    opacity: Floats
    fading: Floats


class _Brush(NamedTuple):
    """A stroke in pixels of the mask. `is_even`: its opacity is one all along."""

    segments: _Segments
    hardness: float
    is_even: bool


class _Pairs(NamedTuple):
    """Squares of pixels with the segments that may count for them, sorted by square."""

    x: Indices  # of each square's left edge
    y: Indices
    square: Indices  # of each pair
    segment: Indices


def stroke_coverage(stroke: BrushStroke, rect: Rect, factor: int) -> Mask:
    """How much `stroke` covers each pixel of `rect` in a photo `factor` times smaller.

    A hard stroke covers the pixels whose centre is nearer than its radius, with an edge
    that softens inward over one pixel. A softer one falls from full to nothing, as a raised
    cosine, over the outer part of the radius that is not hard.
    """
    if not stroke.points or stroke.radius <= 0 or rect.is_empty:
        return np.zeros((rect.height, rect.width), np.float32)
    if rect.size.area > _REMEMBERED:
        return _coverage(_brush_of(stroke, factor), rect)
    return _remembered_coverage(stroke, rect, factor)


@lru_cache(maxsize=8)
def _remembered_coverage(stroke: BrushStroke, rect: Rect, factor: int) -> Mask:
    """The last few small pieces: the picture and its tint ask for the same."""
    return read_only(_coverage(_brush_of(stroke, factor), rect))


def _brush_of(stroke: BrushStroke, factor: int) -> _Brush:
    count = len(stroke.points)
    numbers = np.fromiter(chain.from_iterable(stroke.points), np.float64, 2 * count)
    points = numbers.reshape(count, 2) / factor
    pressures = np.clip(np.asarray(stroke.pressures, np.float64), _LIGHTEST, 1.0)
    if not stroke.pressures:
        pressures = np.ones(count)
    is_sized = stroke.pressure is Pressure.SIZE
    is_even = stroke.pressure is not Pressure.OPACITY or not stroke.pressures
    radii = stroke.radius / factor * (pressures if is_sized else np.ones(count))
    opacities = np.ones(count) if is_even else pressures
    start, end = (slice(None, -1), slice(1, None)) if count > 1 else (slice(None), slice(None))
    vector = points[end] - points[start]
    length = (vector**2).sum(axis=1)
    inverse = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    columns = (
        *(points[start, 0], points[start, 1], vector[:, 0], vector[:, 1], inverse),
        *(radii[start], radii[end] - radii[start]),
        *(opacities[start], opacities[end] - opacities[start]),
    )
    segments = _Segments(*(column.astype(np.float32) for column in columns))
    return _Brush(segments, stroke.hardness, is_even)


def _coverage(brush: _Brush, rect: Rect) -> Mask:
    count = len(brush.segments.x)
    if rect.size.area * count <= _DIRECT:
        # One square over all of it, as large as it has to be.
        x, y = np.array([rect.x], np.int32), np.array([rect.y], np.int32)
        every = np.arange(count, dtype=np.int32)
        pairs = _Pairs(x, y, np.zeros(count, np.int32), every)
        whole: Mask = _square_coverage(brush, pairs, rect.size)[0]
        return whole
    # Whole squares are painted, so the canvas reaches beyond `rect` to the next border.
    left, top = rect.x // _LARGEST * _LARGEST, rect.y // _LARGEST * _LARGEST
    xs, ys = np.arange(left, rect.right, _LARGEST), np.arange(top, rect.bottom, _LARGEST)
    canvas = np.zeros((len(ys) * _LARGEST, len(xs) * _LARGEST), np.float32)
    pairs = _all_pairs(xs, ys, count)
    size = _LARGEST
    while True:
        pairs, filled = _pruned(brush, pairs, size)
        for x, y in filled:
            canvas[y - top : y - top + size, x - left : x - left + size] = 1.0
        if size == _SMALLEST or not len(pairs.square):
            break
        pairs, size = _split(pairs, size // 2, rect), size // 2
    if len(pairs.square):
        squares = canvas.reshape(canvas.shape[0] // size, size, canvas.shape[1] // size, size)
        rows, columns = (pairs.y - top) // size, (pairs.x - left) // size
        squares[rows, :, columns, :] = _square_coverage(brush, pairs, Size(size, size))
    return canvas[rect.y - top : rect.bottom - top, rect.x - left : rect.right - left]


def _all_pairs(xs: NDArray[np.int64], ys: NDArray[np.int64], segments: int) -> _Pairs:
    x, y = (axis.ravel().astype(np.int32) for axis in np.meshgrid(xs, ys))
    square = np.repeat(np.arange(x.size, dtype=np.int32), segments)
    return _Pairs(x, y, square, np.tile(np.arange(segments, dtype=np.int32), x.size))


def _pruned(brush: _Brush, pairs: _Pairs, size: int) -> tuple[_Pairs, NDArray[np.int32]]:
    """The pairs that still matter, and the corners of the squares that are full."""
    half = np.float32(size / 2)
    x = pairs.x[pairs.square].astype(np.float32) + half
    y = pairs.y[pairs.square].astype(np.float32) + half
    least, most = _limits(brush, pairs.segment, x, y, float(half) * 1.4143 + _SLACK)
    starts = _starts(pairs.square)
    surest = np.maximum.reduceat(least, starts)
    full = surest >= 1.0
    open_ = ~full & (np.maximum.reduceat(most, starts) > 0)
    kept = open_[pairs.square] & (most > 0) & (most >= surest[pairs.square])
    number = np.cumsum(open_, dtype=np.int32) - 1
    corners = np.stack((pairs.x[full], pairs.y[full]), axis=1)
    return (
        _Pairs(pairs.x[open_], pairs.y[open_], number[pairs.square[kept]], pairs.segment[kept]),
        corners,
    )


def _limits(
    brush: _Brush, which: Indices, x: Floats, y: Floats, reach: float
) -> tuple[Floats, Floats]:
    """The least and the most that each segment may give within `reach` of each point.

    Of an even brush it is the depth, which says more than the coverage: that ends at one.
    """
    segments = brush.segments
    distance, along = _nearest(segments, which, x, y)
    ends = segments.radius[which], segments.radius[which] + segments.widening[which]
    slope = np.abs(segments.widening[which]) * np.sqrt(segments.inverse[which])
    radius = ends[0] + along * segments.widening[which]
    narrow = np.maximum(radius - slope * reach, np.minimum(*ends))
    wide = np.minimum(radius + slope * reach, np.maximum(*ends))
    least = _depth(brush, narrow, distance + np.float32(reach))
    most = _depth(brush, wide, np.maximum(distance - np.float32(reach), 0.0))
    if brush.is_even:
        return least, most
    opacities = segments.opacity[which], segments.opacity[which] + segments.fading[which]
    return (
        np.minimum(*opacities) * _profile(brush, least),
        np.maximum(*opacities) * _profile(brush, most),
    )


def _split(pairs: _Pairs, size: int, rect: Rect) -> _Pairs:
    """Each square in four of `size`, with the same segments; those beside `rect` go."""
    offsets = np.array([0, size, 0, size]), np.array([0, 0, size, size])
    x = (pairs.x[:, None] + offsets[0]).ravel().astype(np.int32)
    y = (pairs.y[:, None] + offsets[1]).ravel().astype(np.int32)
    inside = (x < rect.right) & (x + size > rect.x) & (y < rect.bottom) & (y + size > rect.y)
    number = np.cumsum(inside, dtype=np.int32) - 1
    child = (pairs.square[:, None] * 4 + np.arange(4, dtype=np.int32)).ravel()
    segment = np.repeat(pairs.segment, 4)
    kept = inside[child]
    square, segment = number[child[kept]], segment[kept]
    order = np.argsort(square, kind="stable")
    return _Pairs(x[inside], y[inside], square[order], segment[order])


def _square_coverage(brush: _Brush, pairs: _Pairs, size: Size) -> Floats:
    """Coverage of each pixel of each square, which is of `size`: (squares, height, width)."""
    columns = np.arange(size.width, dtype=np.float32) + np.float32(0.5)
    rows = np.arange(size.height, dtype=np.float32) + np.float32(0.5)
    x = pairs.x[pairs.square].astype(np.float32)[:, None, None] + columns[None, None, :]
    y = pairs.y[pairs.square].astype(np.float32)[:, None, None] + rows[None, :, None]
    which = pairs.segment[:, None, None]
    segments, starts = brush.segments, _starts(pairs.square)
    distance, along = _nearest(segments, which, x, y)
    depth = _depth(brush, segments.radius[which] + along * segments.widening[which], distance)
    if brush.is_even:
        return _profile(brush, np.maximum.reduceat(depth, starts, axis=0))
    opacity = segments.opacity[which] + along * segments.fading[which]
    deepest: Floats = np.maximum.reduceat(opacity * _profile(brush, depth), starts, axis=0)
    return deepest


def _starts(sorted_numbers: Indices) -> NDArray[np.int64]:
    """Where each run of equal numbers begins."""
    changes: NDArray[np.int64] = np.flatnonzero(np.diff(sorted_numbers, prepend=-1))
    return changes


def _nearest(segments: _Segments, which: Indices, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Distance from each point to its segment, and where along it the nearest place is."""
    dx, dy = segments.dx[which], segments.dy[which]
    from_x, from_y = x - segments.x[which], y - segments.y[which]
    along = np.clip((from_x * dx + from_y * dy) * segments.inverse[which], 0.0, 1.0)
    off_x, off_y = from_x - along * dx, from_y - along * dy
    return np.sqrt(off_x * off_x + off_y * off_y), along


def _depth(brush: _Brush, radius: Floats, distance: Floats) -> Floats:
    """How deep a point lies in the stroke: 0 at the edge, 1 where it is fully painted."""
    softness = np.maximum(np.minimum(radius, 1.0), np.float32(1.0 - brush.hardness) * radius)
    depth: Floats = (radius - distance) / softness
    return depth


def _profile(brush: _Brush, depth: Floats) -> Floats:
    share: Floats = np.clip(depth, 0.0, 1.0)
    if brush.hardness < 1.0:
        share = np.float32(0.5) - np.float32(0.5) * np.cos(share * np.float32(np.pi))
    return share
