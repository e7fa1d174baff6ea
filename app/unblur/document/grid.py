"""The tile grid of a region: where tiles lie, what each needs to see, how neighbours join.

A grid has no end: it is anchored where the region was first restored and covers the plane
from there, so a mask that grows or moves only adds tiles and never shifts the old ones.
Along one axis, in photo pixels::

    |<------- input: what the network sees ------->|
    |  halo  |<------- support ------->|  halo  |
             |<o/2>|<-- core -->|<o/2>|              core = cell, o = overlap

The cores tile the photo without gaps. A tile's pixels are kept on its support, which reaches
half an overlap into each neighbour; there the two are joined by raised-cosine windows that
sum to one. All numbers are multiples of the work scale's factor, so that a tile of the
shrunk photo covers whole photo pixels.

A halo shows the network what lies around a tile. Where the photo ends there is nothing to
see, and a mirrored photo is worse than none: motion that turns round at the edge is a blur
that no camera makes (it costs MAXIM half a decibel over a whole picture, measured). So the
inputs of the outermost tiles are moved onto the photo, and a cell that has no more than its
rim (halo and half an overlap) on the photo gives those pixels to its neighbour, which sees
them already.

A network that halves its pictures makes something else of a picture that is moved by a pixel, as
much as 1.7 levels on average. So inputs begin at multiples of `alignment` network pixels from one
another, where the grid's lengths allow it, and the last ones may reach that far beyond the photo.

A network that looks at a small copy first sees further in it, and that costs next to nothing. So
where a grid has neighbours the input may be larger than what is computed in full, by `sight`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from unblur.document.deconvolution import Deconvolution
from unblur.document.geometry import Rect, Size
from unblur.document.shapes import FoundMask

_NOTHING = Size(0, 0)


class TileIndex(NamedTuple):
    """Column and row of a tile, counted from the anchor; negative to its left and above."""

    column: int
    row: int


@dataclass(frozen=True, slots=True)
class GridAxis:
    """One axis of a grid: cells of `cell` from `anchor` on, over a photo of `length`.

    `rim` is how far a tile's input reaches beyond its cell.
    """

    anchor: int
    cell: int
    rim: int
    length: int

    @property
    def first(self) -> int:
        """The first tile that has pixels."""
        return (self.rim - self.anchor) // self.cell

    @property
    def last(self) -> int:
        """The last tile that has pixels."""
        return max(self.first, -(-(self.length - self.rim - self.anchor) // self.cell) - 1)

    def at(self, position: int) -> int:
        """The tile whose core holds a position on the photo."""
        return min(max((position - self.anchor) // self.cell, self.first), self.last)

    def start(self, tile: int) -> int:
        """Where the core of a tile between `first` and `last` begins."""
        return 0 if tile == self.first else self.anchor + tile * self.cell

    def end(self, tile: int) -> int:
        """Where the core of a tile between `first` and `last` ends."""
        return self.length if tile == self.last else self.anchor + (tile + 1) * self.cell

    def input_start(self, tile: int, step: int, sight: int) -> int:
        """Where a tile's input begins: moved onto the photo, by multiples of `step`.

        `sight` is how much larger it is than the cell with its rims.
        """
        start = self.anchor + tile * self.cell - self.rim - sight // 2 // step * step
        room = self.length - (self.cell + 2 * self.rim + sight)
        return start if room < 0 else min(max(start, 0), -(-room // step) * step)


@dataclass(frozen=True, slots=True)
class TileGrid:
    """An endless grid of tiles, clipped to the photo. Lengths are in photo pixels."""

    photo: Size
    anchor_x: int
    anchor_y: int
    cell: Size
    overlap: int
    halo: int
    factor: int = 1
    alignment: int = 1
    sight: Size = _NOTHING

    def __post_init__(self) -> None:
        """Refuse lengths that the work scale would split."""
        lengths = (*self.cell, self.overlap // 2, self.halo, *self.sight)
        if self.factor < 1 or any(length % self.factor for length in lengths):
            raise ValueError(f"{self} is not aligned to its factor")
        if min(self.cell) < max(1, self.overlap) or self.overlap % 2:
            raise ValueError(f"{self} has an odd overlap or one wider than a cell")

    @property
    def network_size(self) -> Size:
        """What the network computes in full for every tile, in its own pixels."""
        rim = self.overlap + 2 * self.halo
        return Size((self.cell.width + rim) // self.factor, (self.cell.height + rim) // self.factor)

    @property
    def input_size(self) -> Size:
        """What the network is given for every tile, in its own pixels."""
        width, height = self.network_size
        return Size(
            width + self.sight.width // self.factor, height + self.sight.height // self.factor
        )

    @property
    def columns(self) -> GridAxis:
        """The grid from left to right."""
        return GridAxis(self.anchor_x, self.cell.width, self._rim, self.photo.width)

    @property
    def rows(self) -> GridAxis:
        """The grid from top to bottom."""
        return GridAxis(self.anchor_y, self.cell.height, self._rim, self.photo.height)

    def core(self, index: TileIndex) -> Rect:
        """The part of the photo that is this tile's; empty where there is no such tile."""
        columns, rows = self.columns, self.rows
        column, row = index
        if not (columns.first <= column <= columns.last and rows.first <= row <= rows.last):
            return Rect(0, 0, 0, 0)
        return Rect.from_edges(
            columns.start(column), rows.start(row), columns.end(column), rows.end(row)
        )

    def support(self, index: TileIndex) -> Rect:
        """Where the tile's window is above zero, and where its pixels are kept."""
        core = self.core(index)
        if core.is_empty:
            return Rect(0, 0, 0, 0)
        return core.expanded(self.overlap // 2, Rect.of_size(self.photo))

    def input(self, index: TileIndex) -> Rect:
        """What the network sees; beyond the photo, where it reaches there, reflected."""
        step, size = self.alignment * self.factor, self.input_size
        return Rect(
            self.columns.input_start(index.column, step, self.sight.width),
            self.rows.input_start(index.row, step, self.sight.height),
            size.width * self.factor,
            size.height * self.factor,
        )

    def tiles_touching(self, rect: Rect) -> Iterator[TileIndex]:
        """Tiles whose support overlaps `rect`, row by row.

        Restoring all of them makes every pixel of `rect` independent of what else is
        restored, because each window that is above zero there is present.
        """
        visible = rect.intersected(Rect.of_size(self.photo))
        if visible.is_empty:
            return
        seen = visible.expanded(self.overlap // 2, Rect.of_size(self.photo))
        columns, rows = self.columns, self.rows
        for row in range(rows.at(seen.top), rows.at(seen.bottom - 1) + 1):
            for column in range(columns.at(seen.left), columns.at(seen.right - 1) + 1):
                yield TileIndex(column, row)

    @property
    def _rim(self) -> int:
        return self.overlap // 2 + self.halo


@dataclass(frozen=True, slots=True)
class LayerKey:
    """What restored pixels depend on besides the photo: not mask, strength or feather.

    `people` is what a network was told of where people are; None for nobody, and for networks
    that cannot be told.
    """

    model_id: str
    quality: str
    grid: TileGrid
    deconvolution: Deconvolution | None = None
    people: FoundMask | None = None
