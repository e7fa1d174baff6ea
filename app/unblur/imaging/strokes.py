"""Brush strokes as masks: the exact distance to a polyline, computed only near its edge.

Squares of pixels are split in four, from 128 pixels down to 8. On the way a square that
lies deep inside is filled, one that lies outside is dropped, and a segment that cannot be
the nearest to any pixel of a square is forgotten there. So the cost follows the length of
the edge, not the area of the brush, and the outcome does not depend on the rectangle that
was asked for.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unblur.document.buffer import Mask
from unblur.document.geometry import Rect
from unblur.document.shapes import BrushStroke

_LARGEST = 128
_SMALLEST = 8

Floats = NDArray[np.float32]
Indices = NDArray[np.int32]


class _Segments(NamedTuple):
    """Line segments: start, vector to the end, and one over its squared length."""

    x: Floats
    y: Floats
    dx: Floats
    dy: Floats
    inverse: Floats


class _Pairs(NamedTuple):
    """Squares of pixels with the segments that may be nearest to them, sorted by square."""

    x: Indices  # of each square's left edge
    y: Indices
    square: Indices  # of each pair
    segment: Indices


def paint_stroke(mask: Mask, area: Rect, stroke: BrushStroke, factor: int) -> None:
    """Paint `stroke` into `mask`, the pixels of `area` in a photo `factor` times smaller.

    A stroke covers the pixels whose centre is nearer than its radius, with an edge that
    softens inward over one pixel. An eraser leaves what it does not cover.
    """
    if not stroke.points:
        return
    radius = stroke.radius / factor
    segments = _segments_of(stroke, factor)
    reach = _reach(segments, radius).intersected(area)
    if reach.is_empty or radius <= 0:
        return
    part = mask[reach.relative_to(area).slices]
    coverage = _coverage(segments, radius, reach)
    if stroke.erase:
        np.minimum(part, 1.0 - coverage, out=part)
    else:
        np.maximum(part, coverage, out=part)


def _segments_of(stroke: BrushStroke, factor: int) -> _Segments:
    points = np.asarray(stroke.points, np.float64) / factor
    start = points[:-1] if len(points) > 1 else points
    vector = points[1:] - start if len(points) > 1 else np.zeros_like(start)
    length = (vector**2).sum(axis=1)
    inverse = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    columns = (start[:, 0], start[:, 1], vector[:, 0], vector[:, 1], inverse)
    return _Segments(*(column.astype(np.float32) for column in columns))


def _reach(segments: _Segments, radius: float) -> Rect:
    """Pixels that the stroke can change."""
    x = np.concatenate((segments.x, segments.x + segments.dx))
    y = np.concatenate((segments.y, segments.y + segments.dy))
    return Rect.from_edges(
        int(np.floor(x.min() - radius)),
        int(np.floor(y.min() - radius)),
        int(np.ceil(x.max() + radius)) + 1,
        int(np.ceil(y.max() + radius)) + 1,
    )


def _coverage(segments: _Segments, radius: float, rect: Rect) -> Mask:
    """How much the stroke covers each pixel of `rect`."""
    softness = min(1.0, radius)
    # Whole squares are painted, so the canvas reaches beyond `rect` to the next border.
    left, top = rect.x // _LARGEST * _LARGEST, rect.y // _LARGEST * _LARGEST
    xs, ys = np.arange(left, rect.right, _LARGEST), np.arange(top, rect.bottom, _LARGEST)
    canvas = np.zeros((len(ys) * _LARGEST, len(xs) * _LARGEST), np.float32)
    pairs = _all_pairs(xs, ys, len(segments.x))
    size = _LARGEST
    while True:
        pairs, filled = _pruned(segments, pairs, size, radius, softness)
        for x, y in filled:
            canvas[y - top : y - top + size, x - left : x - left + size] = 1.0
        if size == _SMALLEST or not len(pairs.square):
            break
        pairs, size = _split(pairs, size // 2, rect), size // 2
    if len(pairs.square):
        squares = canvas.reshape(canvas.shape[0] // size, size, canvas.shape[1] // size, size)
        rows, columns = (pairs.y - top) // size, (pairs.x - left) // size
        squares[rows, :, columns, :] = _square_coverage(segments, pairs, size, radius, softness)
    return canvas[rect.y - top : rect.bottom - top, rect.x - left : rect.right - left]


def _all_pairs(xs: NDArray[np.int64], ys: NDArray[np.int64], segments: int) -> _Pairs:
    x, y = (axis.ravel().astype(np.int32) for axis in np.meshgrid(xs, ys))
    square = np.repeat(np.arange(x.size, dtype=np.int32), segments)
    return _Pairs(x, y, square, np.tile(np.arange(segments, dtype=np.int32), x.size))


def _pruned(
    segments: _Segments, pairs: _Pairs, size: int, radius: float, softness: float
) -> tuple[_Pairs, NDArray[np.int32]]:
    """The pairs that still matter, and the corners of the squares that are full."""
    half = size / 2
    to_corner = half * 1.4143
    x, y = pairs.x[pairs.square] + half, pairs.y[pairs.square] + half
    distance = np.sqrt(
        _squared_distance(segments, pairs.segment, x.astype(np.float32), y.astype(np.float32))
    )
    nearest = np.minimum.reduceat(distance, _starts(pairs.square))
    full = nearest + to_corner <= radius - softness
    open_ = ~full & (nearest - to_corner < radius)
    # The slack keeps rounding from dropping the nearest segment of some pixel.
    limit = np.minimum(nearest + to_corner, radius)[pairs.square] + to_corner + 0.01
    kept = open_[pairs.square] & (distance <= limit)
    number = np.cumsum(open_, dtype=np.int32) - 1
    corners = np.stack((pairs.x[full], pairs.y[full]), axis=1)
    return (
        _Pairs(pairs.x[open_], pairs.y[open_], number[pairs.square[kept]], pairs.segment[kept]),
        corners,
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


def _square_coverage(
    segments: _Segments, pairs: _Pairs, size: int, radius: float, softness: float
) -> Floats:
    """Coverage of each pixel of each square: (squares, size, size)."""
    centers = np.arange(size, dtype=np.float32) + np.float32(0.5)
    x = pairs.x[pairs.square].astype(np.float32)[:, None, None] + centers[None, None, :]
    y = pairs.y[pairs.square].astype(np.float32)[:, None, None] + centers[None, :, None]
    distance = _squared_distance(segments, pairs.segment[:, None, None], x, y)
    nearest = np.sqrt(np.minimum.reduceat(distance, _starts(pairs.square), axis=0))
    coverage: Floats = np.clip((np.float32(radius) - nearest) / np.float32(softness), 0.0, 1.0)
    return coverage


def _starts(sorted_numbers: Indices) -> NDArray[np.int64]:
    """Where each run of equal numbers begins."""
    changes: NDArray[np.int64] = np.flatnonzero(np.diff(sorted_numbers, prepend=-1))
    return changes


def _squared_distance(
    segments: _Segments, which: NDArray[np.int32], x: Floats, y: Floats
) -> Floats:
    """Squared distance from each point to its segment."""
    dx, dy = segments.dx[which], segments.dy[which]
    from_x, from_y = x - segments.x[which], y - segments.y[which]
    along = np.clip((from_x * dx + from_y * dy) * segments.inverse[which], 0.0, 1.0)
    off_x, off_y = from_x - along * dx, from_y - along * dy
    squared: Floats = off_x * off_x + off_y * off_y
    return squared
