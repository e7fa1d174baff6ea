"""How tiles are joined: windows that sum to one, and the restored pixels of a layer.

Windows are raised cosines in 1/256 steps along each axis, so the weights of the (up to four)
tiles over a pixel are whole numbers that sum to exactly 65536: blending is integer
arithmetic, the same in whatever order tiles arrive, and equal tiles give equal pixels back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unblur.document.buffer import FloatImage, UInt16Image
from unblur.document.geometry import Rect
from unblur.document.grid import GridAxis, LayerKey, TileGrid, TileIndex

_STEPS = 256  # weight of one along one axis; two axes and 16-bit pixels fill 32 bits
_ONE = _STEPS * _STEPS


def window(grid: TileGrid, index: TileIndex) -> NDArray[np.float32]:
    """Weights (h, w) in [0, 1] over `grid.support(index)`.

    With its neighbours' they sum to exactly one on every pixel of the photo.
    """
    support, half = grid.support(index), grid.overlap // 2
    across, down = grid.columns, grid.rows
    x = _weights(across, index.column, support.left, support.right, half)
    y = _weights(down, index.row, support.top, support.bottom, half)
    return np.multiply.outer(y, x).astype(np.float32) / np.float32(_ONE)


class RestoredTiles:
    """The restored pixels of one layer, tile by tile: a cache, never part of the document.

    A plain object without locks: it belongs to the thread that made it.
    """

    def __init__(self, key: LayerKey) -> None:
        self.key = key
        self._tiles: dict[TileIndex, UInt16Image] = {}

    def put(self, index: TileIndex, pixels: UInt16Image) -> Rect:
        """Keep the pixels of `grid.support(index)`; the rectangle of the photo that changed."""
        support = self.key.grid.support(index)
        if pixels.shape != (support.height, support.width, 3) or pixels.dtype != np.uint16:
            raise ValueError(f"{pixels.shape} {pixels.dtype} do not fit {support}")
        self._tiles[index] = pixels
        return support

    def copy(self) -> RestoredTiles:
        """The tiles as they are now, for another thread; the pixels are shared, as read-only."""
        twin = RestoredTiles(self.key)
        twin._tiles = dict(self._tiles)
        return twin

    def forget_above(self, row: int) -> None:
        """Drop every tile of which no pixel lies in or below this row of the photo."""
        done = [each for each in self._tiles if self.key.grid.support(each).bottom <= row]
        for index in done:
            del self._tiles[index]

    def has(self, index: TileIndex) -> bool:
        """Whether this tile is restored."""
        return index in self._tiles

    @property
    def indices(self) -> frozenset[TileIndex]:
        """The tiles that are restored."""
        return frozenset(self._tiles)

    @property
    def nbytes(self) -> int:
        """Memory that the pixels take."""
        return sum(pixels.nbytes for pixels in self._tiles.values())

    def covers(self, rect: Rect) -> bool:
        """Whether every pixel of `rect` that lies on the photo is fully restored."""
        return all(index in self._tiles for index in self.key.grid.tiles_touching(rect))

    def read(self, rect: Rect) -> tuple[UInt16Image, FloatImage]:
        """Blended pixels (h, w, 3) over `rect` and their coverage (h, w) in [0, 1].

        Coverage is 1 where all tiles are there and 0 where none is; towards a missing
        neighbour it falls along the blend zone. `rect` may reach beyond the photo, where
        nothing is covered.
        """
        pixels = np.zeros((rect.height, rect.width, 3), np.uint16)
        coverage = np.zeros((rect.height, rect.width), np.float32)
        across, down = self.key.grid.columns, self.key.grid.rows
        half = self.key.grid.overlap // 2
        columns = list(_stretches(across, rect.left, rect.right, half))
        for row in _stretches(down, rect.top, rect.bottom, half):
            for column in columns:
                area = Rect.from_edges(column.start, row.start, column.end, row.end)
                target = area.relative_to(rect).slices
                self._read_area(area, column, row, pixels[target], coverage[target])
        return pixels, coverage

    def _read_area(
        self,
        area: Rect,
        column: _Stretch,
        row: _Stretch,
        pixels: UInt16Image,
        coverage: FloatImage,
    ) -> None:
        """Fill an area over which the same one, two or four tiles lie."""
        grid = self.key.grid
        if len(row.tiles) == len(column.tiles) == 1:
            index = TileIndex(column.tiles[0], row.tiles[0])
            if index in self._tiles:
                inside = area.relative_to(grid.support(index)).slices
                pixels[...] = self._tiles[index][inside]
                coverage[...] = 1.0
            return
        parts = [
            (self._tiles[index][area.relative_to(grid.support(index)).slices], y, x)
            for down, y in zip(row.tiles, row.weights, strict=True)
            for across, x in zip(column.tiles, column.weights, strict=True)
            if (index := TileIndex(across, down)) in self._tiles
        ]
        if not parts:
            return
        total = np.zeros(pixels.shape, np.uint32)
        weight = np.zeros(coverage.shape, np.uint32)
        for part, y, x in parts:
            share = np.multiply.outer(y, x)
            total += part * share[:, :, np.newaxis]
            weight += share
        if len(parts) == len(row.tiles) * len(column.tiles):
            pixels[...] = (total + np.uint32(_ONE // 2)) >> np.uint32(16)
            coverage[...] = 1.0
            return
        pixels[...] = np.rint(total / np.maximum(weight, 1)[:, :, np.newaxis])
        coverage[...] = weight * np.float32(1.0 / _ONE)


def read_layers(layers: Sequence[RestoredTiles], rect: Rect) -> tuple[UInt16Image, FloatImage]:
    """Blended pixels over `rect` and their coverage; the best layer comes first.

    Where a layer's coverage is below one the next shows through, so a quick preview stays
    visible until the finer tiles lie over it.
    """
    if not layers:
        shape = (rect.height, rect.width)
        return np.zeros((*shape, 3), np.uint16), np.zeros(shape, np.float32)
    pixels, coverage = layers[0].read(rect)
    for layer in layers[1:]:
        if coverage.min(initial=1.0) >= 1.0:
            break
        below, below_coverage = layer.read(rect)
        share = (1.0 - coverage) * below_coverage
        total = coverage + share
        mixed = pixels * coverage[:, :, np.newaxis] + below * share[:, :, np.newaxis]
        pixels = np.rint(mixed / np.maximum(total, 1e-6)[:, :, np.newaxis]).astype(np.uint16)
        coverage = total
    return pixels, coverage


class _Stretch(NamedTuple):
    """Pixels [start, end) of an axis over which the same one or two tiles lie."""

    start: int
    end: int
    tiles: tuple[int, ...]
    weights: tuple[NDArray[np.uint32], ...]


@lru_cache(maxsize=8)
def _ramp(overlap: int) -> NDArray[np.uint32]:
    """Weights that rise across a blend zone; reversed, they fall, and both sum to one."""
    position = (np.arange(overlap) + 0.5) / max(overlap, 1)
    rising: NDArray[np.uint32] = np.rint(_STEPS * np.sin(position * np.pi / 2) ** 2).astype(
        np.uint32
    )
    # Rounding must not break the symmetry on which the sum depends.
    rising[overlap - overlap // 2 :] = _STEPS - rising[: overlap // 2][::-1]
    rising.setflags(write=False)
    return rising


def _weights(axis: GridAxis, tile: int, start: int, end: int, half: int) -> NDArray[np.uint32]:
    """The window of one tile along an axis, over [start, end) of its support."""
    weights = np.full(end - start, _STEPS, np.uint32)
    for stretch in _stretches(axis, start, end, half):
        share = stretch.weights[stretch.tiles.index(tile)]
        weights[stretch.start - start : stretch.end - start] = share
    return weights


def _stretches(axis: GridAxis, start: int, end: int, half: int) -> Iterator[_Stretch]:
    """[start, end), as far as it lies on the photo, cut where the set of tiles changes."""
    at, end = max(start, 0), min(end, axis.length)
    while at < end:
        tile = axis.at(at)
        # The one edge whose blend zone `at` lies in or before.
        follows = tile > axis.first and at < axis.start(tile) + half
        left = tile - 1 if follows else tile
        edge = axis.end(left)
        if left < axis.last and at >= edge - half:
            stop = min(edge + half, end)
            rising = _ramp(2 * half)[at - edge + half : stop - edge + half]
            yield _Stretch(at, stop, (left, left + 1), (_STEPS - rising, rising))
        else:
            stop = min(edge - half if left < axis.last else edge, end)
            yield _Stretch(at, stop, (tile,), (np.full(stop - at, _STEPS, np.uint32),))
        at = stop
