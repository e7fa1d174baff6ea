"""The tile grid of a region: where tiles lie, what each needs to see, how neighbours join.

A grid has no end: it is anchored where the region was first restored and covers the plane
from there, so a mask that grows or moves only adds tiles and never shifts the old ones.
Along one axis, in photo pixels::

    |<------- input: what the network sees ------->|
    |  halo  |<------- support ------->|  halo  |
             |<o/2>|<-- core -->|<o/2>|              core = cell, o = overlap

The cores tile the plane without gaps. A tile's pixels are kept on its support, which reaches
half an overlap into each neighbour; there the two are joined by raised-cosine windows that
sum to one. All numbers are multiples of the work scale's factor, so that a tile of the
shrunk photo covers whole photo pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from unblur.document.geometry import Rect, Size


class TileIndex(NamedTuple):
    """Column and row of a tile, counted from the anchor; negative to its left and above."""

    column: int
    row: int


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

    def __post_init__(self) -> None:
        """Refuse lengths that the work scale would split."""
        lengths = (*self.cell, self.overlap // 2, self.halo)
        if self.factor < 1 or any(length % self.factor for length in lengths):
            raise ValueError(f"{self} is not aligned to its factor")
        if min(self.cell) < max(1, self.overlap) or self.overlap % 2:
            raise ValueError(f"{self} has an odd overlap or one wider than a cell")

    @property
    def network_size(self) -> Size:
        """What the network is given for every tile, in its own pixels."""
        rim = self.overlap + 2 * self.halo
        return Size((self.cell.width + rim) // self.factor, (self.cell.height + rim) // self.factor)

    def core(self, index: TileIndex) -> Rect:
        """The part of the photo that is nearest to this tile; empty outside the photo."""
        return self._cell(index).intersected(Rect.of_size(self.photo))

    def support(self, index: TileIndex) -> Rect:
        """Where the tile's window is above zero, and where its pixels are kept."""
        if self.core(index).is_empty:
            return Rect(0, 0, 0, 0)
        return self._cell(index).expanded(self.overlap // 2, Rect.of_size(self.photo))

    def input(self, index: TileIndex) -> Rect:
        """What the network sees; it may reach beyond the photo, where pixels are reflected."""
        cell, margin = self._cell(index), self.overlap // 2 + self.halo
        return Rect(
            cell.x - margin, cell.y - margin, cell.width + 2 * margin, cell.height + 2 * margin
        )

    def tiles_touching(self, rect: Rect) -> Iterator[TileIndex]:
        """Tiles whose support overlaps `rect`, row by row.

        Restoring all of them makes every pixel of `rect` independent of what else is
        restored, because each window that is above zero there is present.
        """
        visible = rect.intersected(Rect.of_size(self.photo))
        if visible.is_empty:
            return
        half = self.overlap // 2
        columns = range(
            (visible.left - half - self.anchor_x) // self.cell.width,
            (visible.right - 1 + half - self.anchor_x) // self.cell.width + 1,
        )
        rows = range(
            (visible.top - half - self.anchor_y) // self.cell.height,
            (visible.bottom - 1 + half - self.anchor_y) // self.cell.height + 1,
        )
        for row in rows:
            for column in columns:
                index = TileIndex(column, row)
                if self.support(index).overlaps(visible):
                    yield index

    def _cell(self, index: TileIndex) -> Rect:
        return Rect(
            self.anchor_x + index.column * self.cell.width,
            self.anchor_y + index.row * self.cell.height,
            self.cell.width,
            self.cell.height,
        )


@dataclass(frozen=True, slots=True)
class LayerKey:
    """What restored pixels depend on besides the photo: not mask, strength or feather."""

    model_id: str
    quality: str
    grid: TileGrid
