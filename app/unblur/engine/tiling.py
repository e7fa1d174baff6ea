"""Where tiles lie: the policy of a network, the grid of a region, the order of the work.

The network wants inputs of certain sizes, and every input has a rim that is computed but not
kept. A grid is planned per region so that the fewest network pixels are computed: along each
axis every allowed input size is tried, and the one with the smallest product of tiles and
size wins. What is left over is context, shared by both ends.

The blend zone lies in the inner part of the halo. With MAXIM's inputs of at most 320, a halo
of 24 and an overlap of 16, a tile advances by 320 - 2·24 + 16 = 288 pixels: a large photo
costs (320 / 288)² = 1.23 network pixels for each of its own, and a region of 256 × 256 is one
tile, whose 320 × 320 pixels reach 32 into the photo around it. Inputs above 320 cost less and
lose: 29.57 dB instead of 29.89 over the GoPro picture 01 with inputs up to 384.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple, Protocol

from unblur.document.geometry import Point, Rect, Size
from unblur.document.grid import TileGrid, TileIndex
from unblur.document.region import Scale
from unblur.document.work_scale import is_seen, scale_for

_AUTO_HALF_ABOVE = 2_000_000  # pixels of a region; beyond it the CPU works at half the size
_AUTO_QUARTER_ABOVE = 16_000_000


class TilingFacts(Protocol):
    """What a model card says about the inputs of its network."""

    @property
    def tile(self) -> int:
        """The input size that the network was trained on."""

    @property
    def halo(self) -> int:
        """Context that a kept pixel should see on every side."""

    @property
    def overlap(self) -> int:
        """Width of the zone in which neighbours are blended."""

    @property
    def far_halo(self) -> int:
        """How much further a network looks that sees a small copy first; 0 for all others."""

    @property
    def size_multiple(self) -> int:
        """What width and height of an input must be multiples of."""


@dataclass(frozen=True, slots=True)
class TilingPolicy:
    """How a network wants to be fed. Lengths are in network pixels.

    `tile` is the preferred input, `largest` the greatest that memory is planned for, both
    multiples of `multiple`. `halo` is the context around a region; its inner `overlap`
    pixels are where neighbours are blended. `far` is what more is shown where tiles have
    neighbours; it is not computed in full, and no part of the other lengths.
    """

    tile: int
    halo: int
    overlap: int
    multiple: int
    largest: int
    far: int = 0

    def __post_init__(self) -> None:
        """Refuse lengths of which no grid can be made."""
        if self.overlap % 2 or not 0 <= self.overlap <= self.halo:
            raise ValueError(f"{self}: the overlap must be even and lie inside the halo")
        if self.largest % self.multiple or not self.sizes:
            raise ValueError(f"{self}: no input size is possible")

    @property
    def sizes(self) -> tuple[int, ...]:
        """Input sizes that leave something to keep, smallest first."""
        candidates = range(self.multiple, self.largest + 1, self.multiple)
        return tuple(size for size in candidates if self.advance(size) >= max(self.overlap, 1))

    @property
    def alignment(self) -> int:
        """What the starts of inputs can be multiples of: 1 where tiles advance by other lengths."""
        return 1 if self.advance(0) % self.multiple else self.multiple

    def advance(self, size: int) -> int:
        """How far apart tiles with inputs of `size` lie."""
        return size - 2 * self.halo + self.overlap


def policy_for(card: TilingFacts) -> TilingPolicy:
    """The policy of a model: inputs up to what a region of `card.tile` pixels needs."""
    multiple = card.size_multiple
    largest = -(-(card.tile + 2 * card.halo) // multiple) * multiple
    return TilingPolicy(card.tile, card.halo, card.overlap, multiple, largest, card.far_halo)


def plan_grid(bounds: Rect, photo: Size, policy: TilingPolicy, factor: int) -> TileGrid:
    """The grid that covers `bounds` with the fewest network pixels.

    `bounds` lies on the photo and is not empty; `factor` is the work scale (1, 2 or 4).
    Tiles outside `bounds` touch none of its pixels, so a region that fits into one tile is
    one tile. The grid has no end, so the region may grow beyond `bounds` later.
    """
    columns = _plan_axis(bounds.left, bounds.right, photo.width, policy, factor)
    rows = _plan_axis(bounds.top, bounds.bottom, photo.height, policy, factor)
    return TileGrid(
        photo=photo,
        anchor_x=columns.anchor,
        anchor_y=rows.anchor,
        cell=Size(columns.cell, rows.cell),
        overlap=policy.overlap * factor,
        halo=(policy.halo - policy.overlap) * factor,
        factor=factor,
        alignment=policy.alignment,
        sight=Size(columns.sight, rows.sight),
    )


def in_full(shown: Size, keeps: Iterable[Rect], policy: TilingPolicy) -> Rect:
    """What a network has to compute in full of an input of which `keeps` is kept."""
    whole = Rect.of_size(shown)
    if not policy.far:
        return whole
    return reduce(Rect.united, keeps).expanded(policy.halo - policy.overlap, whole)


def tiles_for_mask(
    grid: TileGrid, mask_support: Callable[[Rect], bool] | None, bounds: Rect
) -> list[TileIndex]:
    """Tiles of which a pixel is wanted, row by row.

    `mask_support` tells whether the mask is above zero somewhere in a rectangle of the
    photo; None means everywhere inside `bounds`.
    """
    touching = grid.tiles_touching(bounds)
    if mask_support is None:
        return list(touching)
    return [index for index in touching if mask_support(grid.support(index).intersected(bounds))]


def ordered_from(
    grid: TileGrid, indices: Iterable[TileIndex], center: Point
) -> tuple[TileIndex, ...]:
    """The tiles nearest to `center` first, so that work begins where the person looks."""

    def distance(index: TileIndex) -> tuple[float, int, int]:
        middle = grid.core(index).center
        return (
            (middle.x - center.x) ** 2 + (middle.y - center.y) ** 2,
            index.row,
            index.column,
        )

    return tuple(sorted(indices, key=distance))


def resolve_scale(
    scale: Scale, region_pixels: int, *, is_accelerated: bool, span: float | None = None
) -> int:
    """The factor of a work scale.

    Automatic follows the blur, which spans `span` photo pixels (None: nobody knows). On a CPU
    it also keeps the waiting time bearable, but goes no further than the blur still shows.
    """
    if scale.factor is not None:
        return scale.factor
    by_blur = 1 if span is None else scale_for(span).factor or 1
    by_time = 1
    if not is_accelerated and region_pixels > _AUTO_HALF_ABOVE:
        by_time = 2 if region_pixels <= _AUTO_QUARTER_ABOVE else 4
    while by_time > 1 and span is not None and not is_seen(span, by_time):
        by_time //= 2
    return max(by_blur, by_time)


class _Axis(NamedTuple):
    """One axis of a grid, in photo pixels."""

    anchor: int
    cell: int
    sight: int


def _plan_axis(start: int, end: int, length: int, policy: TilingPolicy, factor: int) -> _Axis:
    """The cheapest cells for [start, end) of an axis of `length` photo pixels."""
    first, last = start // factor, -(-end // factor)
    # Where a neighbour lies beyond an end, its half of the blend zone must stay outside; at
    # the photo's edge the outermost tile also keeps its rim.
    rim = policy.halo - policy.overlap // 2
    lead = policy.overlap // 2 if start > 0 else -rim
    trail = policy.overlap // 2 if end < length else -rim
    # The first input shall begin at a multiple of the alignment.
    ahead = (first - lead - rim) % policy.alignment
    need = max(1, ahead + lead + (last - first) + trail)

    def cost(size: int) -> tuple[int, int, int]:
        return -(-need // policy.advance(size)) * size, abs(size - policy.tile), -size

    size = min(policy.sizes, key=cost)
    cell = policy.advance(size)
    count = -(-need // cell)
    spare = count * cell - need
    # Where the photo ends there is nothing to see, so the spare pixels go to the other end.
    before = spare // 2 if (start > 0) == (end < length) else (spare if start > 0 else 0)
    before = ahead + before // policy.alignment * policy.alignment
    sight = _sight(size, length // factor, policy) if count > 1 else 0
    return _Axis((first - lead - before) * factor, cell * factor, sight * factor)


def _sight(size: int, length: int, policy: TilingPolicy) -> int:
    """How much more than `size` an input shows of `length`, at both ends together."""
    room = length // policy.multiple * policy.multiple - size
    return max(0, min(2 * policy.far, room))
