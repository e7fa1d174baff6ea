"""The pyramid: which level a scale needs, and how a level is cut into display tiles."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from unblur.document.geometry import Rect, Size

TILE = 256
APRON = 1  # a tile also holds its neighbours' next pixel, so that interpolation joins them
NEAREST_FROM = 2.0  # from this scale on single pixels are shown as squares
_EXACT = 1e-9


class TileKey(NamedTuple):
    """A display tile: `level` halves the photo so many times."""

    level: int
    column: int
    row: int


def level_for(scale: float, photo: Size) -> int:
    """The coarsest level that still has at least one pixel per device pixel."""
    if scale >= 1.0:
        return 0
    wanted = math.floor(-math.log2(scale) + _EXACT)
    coarsest = max(photo.width, photo.height, 1).bit_length() - 1
    return max(0, min(wanted, coarsest))


def level_size(photo: Size, level: int) -> Size:
    """Size of a level; its last column and row may cover less of the photo than the others."""
    factor = 1 << level
    return Size(-(-photo.width // factor), -(-photo.height // factor))


def core(key: TileKey, photo: Size) -> Rect:
    """The level's pixels that a tile shows."""
    cell = Rect(key.column * TILE, key.row * TILE, TILE, TILE)
    return cell.intersected(Rect.of_size(level_size(photo, key.level)))


def padded(key: TileKey, photo: Size) -> Rect:
    """The level's pixels that a tile holds: those it shows and its apron."""
    return core(key, photo).expanded(APRON, Rect.of_size(level_size(photo, key.level)))


def photo_rect(rect: Rect, level: int, photo: Size) -> Rect:
    """The photo pixels that pixels of a level are averaged from."""
    return rect.enlarged_by(1 << level).intersected(Rect.of_size(photo))


def keys_over(rect: Rect, level: int, photo: Size) -> Iterator[TileKey]:
    """Tiles of a level that show some of the photo pixels `rect`, row by row."""
    covered = rect.intersected(Rect.of_size(photo)).shrunk_by(1 << level)
    if covered.is_empty:
        return
    for row in range(covered.top // TILE, (covered.bottom - 1) // TILE + 1):
        for column in range(covered.left // TILE, (covered.right - 1) // TILE + 1):
            yield TileKey(level, column, row)


def part_of(key: TileKey, rect: Rect, photo: Size) -> Rect:
    """The pixels of a tile that depend on `rect` of the photo."""
    shrunk = rect.intersected(Rect.of_size(photo)).shrunk_by(1 << key.level)
    return shrunk.expanded(APRON, padded(key, photo))


def reached_keys(rect: Rect, present: Iterable[TileKey], photo: Size) -> list[TileKey]:
    """Tiles of the levels that are present whose pixels or apron depend on photo `rect`."""
    if rect.is_empty:
        return []
    whole = Rect.of_size(photo)
    levels = sorted({key.level for key in present})
    return [
        key
        for level in levels
        for key in keys_over(rect.expanded(APRON << level, whole), level, photo)
    ]
