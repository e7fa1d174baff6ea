"""Where the person looks: told by the window, heeded before every tile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unblur.document.geometry import Point
from unblur.document.grid import TileGrid, TileIndex
from unblur.engine.tiling import ordered_from


class Focus:
    """A point of the photo that may move while a request is being done.

    One thread moves it and another reads it: the point is replaced, never changed.
    """

    __slots__ = ("point",)

    def __init__(self) -> None:
        self.point: Point | None = None


def nearest_first(
    grid: TileGrid, indices: Sequence[TileIndex], focus: Focus
) -> Iterator[TileIndex]:
    """The tiles in their order; whenever the focus has moved, those nearest to it first."""
    left = list(indices)
    heeded: Point | None = None
    while left:
        point = focus.point
        if point is not None and point != heeded:
            left, heeded = list(ordered_from(grid, left, point)), point
        yield left.pop(0)
