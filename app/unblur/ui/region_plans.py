"""Which tiles a region needs, on which grid, and which of them are missing.

A region's grid is laid where the region was first restored and stays while the photo is
open, also through undo and redo: so a mask that grows adds tiles, and nothing that was
restored becomes useless. Until then a plan is only an outlook and follows the region.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from unblur.document.buffer import Mask
from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey, TileGrid, TileIndex
from unblur.document.region import Region, RegionId
from unblur.document.shapes import (
    BrushStroke,
    Ellipse,
    FoundMask,
    Grow,
    Lasso,
    Pressure,
    Rectangle,
    Shape,
    WholePhoto,
)
from unblur.engine.choices import key_of, policy_of, takes_people
from unblur.engine.tiling import TilingPolicy, plan_grid, tiles_for_mask
from unblur.ui.region_scales import RegionScales
from unblur_models.deconvolution.card import GLANCE
from unblur_models.errors import ZooError

PREVIEW_FACTOR = 4
SOLVER_PREVIEW_FACTORS = (2, 4)
_KEPT_ANSWERS = 64
_KEPT_OUTDATED = 3  # layers of earlier PSFs that show while a dial moves

_COARSEST = 16  # photo pixels a side, when it is asked which tiles a mask touches
_LASSO_DETAIL = 4.0  # a line by hand has no thinner corners that matter


class Masks(Protocol):
    """What plans ask of `unblur.imaging.masks`."""

    def touches(self, shapes: tuple[Shape, ...], feather: float, rect: Rect, photo: Size) -> bool:
        """Whether the mask is above zero somewhere in `rect`."""
        ...

    def rasterize(
        self, shapes: tuple[Shape, ...], feather: float, rect: Rect, photo: Size, factor: int = 1
    ) -> Mask:
        """The mask over `rect` at 1/factor of its size."""
        ...


@dataclass(frozen=True, slots=True)
class RegionPlan:
    """The tiles of one region on one grid. `key` says where their pixels are kept."""

    region_id: RegionId
    key: LayerKey
    needed: tuple[TileIndex, ...]
    missing: tuple[TileIndex, ...]

    def visible_in(self, rect: Rect) -> RegionPlan:
        """The plan for what shows in `rect` only."""
        grid = self.key.grid
        seen = {index for index in self.needed if grid.support(index).overlaps(rect)}
        return RegionPlan(
            self.region_id,
            self.key,
            tuple(index for index in self.needed if index in seen),
            tuple(index for index in self.missing if index in seen),
        )


@dataclass(frozen=True, slots=True)
class Told:
    """Where people are, for the models that can be told; None for nobody, or while unknown."""

    mask: FoundMask | None = None
    is_known: bool = False


class RegionPlans:
    """The grids of one photo's regions, and the plans made on them."""

    def __init__(self, photo: Size, masks: Masks) -> None:
        self._photo = photo
        self._masks = masks
        self._grids: dict[tuple[RegionId, TilingPolicy, int], TileGrid] = {}
        self.scales = RegionScales(photo)
        self._needed: dict[tuple[TileGrid, tuple[Shape, ...]], tuple[TileIndex, ...]] = {}
        self._solved: dict[RegionId, list[LayerKey]] = {}
        self.people = Told()

    def layer_key(self, region: Region, *, factor: int) -> LayerKey | None:
        """Where the region's pixels at this factor are kept; None before it was restored."""
        policy = _policy(region, factor)
        grid = self._grids.get((region.id, policy, factor)) if policy else None
        return key_of(region.model, grid, self.people.mask) if grid else None

    def layer_keys(self, region: Region, *, is_accelerated: bool) -> tuple[LayerKey, ...]:
        """Layers that show for the region, best first: the chosen scale, then the previews."""
        chosen = self.factor(region, is_accelerated=is_accelerated)
        keys = [self.layer_key(region, factor=chosen)]
        quick = quickened(region)
        keys += [self.layer_key(quick, factor=factor) for factor in preview_factors(region)]
        return tuple(dict.fromkeys(key for key in keys if key is not None))

    def note_solved(self, region_id: RegionId, key: LayerKey) -> None:
        """A solver's layer of this region has pixels: they show until there are newer ones."""
        solved = self._solved.setdefault(region_id, [])
        if not solved or solved[0] != key:
            solved[:] = [key, *(each for each in solved if each != key)][:_KEPT_OUTDATED]

    def outdated_keys(self, region: Region) -> tuple[LayerKey, ...]:
        """Layers that a region's PSFs gave, newest first: what it looked like a moment ago."""
        return tuple(self._solved.get(region.id, ())) if region.model.deconvolution else ()

    def forget_outdated(self, region: Region, *, is_accelerated: bool) -> None:
        """What a PSF that is left behind gave shall show no longer."""
        present = self.layer_keys(region, is_accelerated=is_accelerated)
        solved = self._solved.get(region.id, [])
        solved[:] = [key for key in solved if key in present]

    def factor(self, region: Region, *, is_accelerated: bool) -> int:
        """The work scale that the region's choice comes to."""
        return self.scales.factor(region, is_accelerated=is_accelerated)

    def pin(self, region: Region, factor: int) -> None:
        """Lay the region's grid where the region is now, unless it was laid before."""
        self.scales.settle(region, factor)
        policy = policy_of(region.model, factor)
        name = (region.id, policy, factor)
        if name not in self._grids:
            self._grids[name] = self._grid(region, policy, factor)

    def plan(
        self, region: Region, factor: int, has_tile: Callable[[LayerKey, TileIndex], bool]
    ) -> RegionPlan | None:
        """What restoring `region` at `factor` takes; None when nothing can be restored.

        Nothing can be where the mask is empty or the model is unknown, nor before a model that
        can be told where people are can be told.
        """
        policy = _policy(region, factor)
        if policy is None or region.bounds(self._photo).is_empty:
            return None
        if not self.people.is_known and takes_people(region.model):
            return None
        grid = self._grids.get((region.id, policy, factor)) or self._grid(region, policy, factor)
        key = key_of(region.model, grid, self.people.mask)
        needed = self._tiles(region, grid)
        missing = tuple(index for index in needed if not has_tile(key, index))
        return RegionPlan(region.id, key, needed, missing) if needed else None

    def _grid(self, region: Region, policy: TilingPolicy, factor: int) -> TileGrid:
        return plan_grid(region.bounds(self._photo), self._photo, policy, factor)

    def _tiles(self, region: Region, grid: TileGrid) -> tuple[TileIndex, ...]:
        # The button asks after every edit, so the answer is kept until the mask changes. The
        # feather lowers the mask, but leaves it above zero wherever it was.
        name = (grid, region.shapes)
        if name not in self._needed:
            if len(self._needed) > _KEPT_ANSWERS:
                self._needed.clear()
            bounds = region.bounds(self._photo)
            self._needed[name] = tuple(tiles_for_mask(grid, self._support(region, bounds), bounds))
        return self._needed[name]

    def _support(self, region: Region, bounds: Rect) -> Callable[[Rect], bool] | None:
        """Whether the region's mask is above zero somewhere in a rectangle; None: everywhere."""
        if region.is_whole_photo:
            return None
        if all(isinstance(shape, Rectangle | WholePhoto) for shape in region.shapes):
            return partial(self._touches, region.shapes)
        # All else is drawn once and small: tile by tile a long stroke takes seconds. That may
        # name a tile whose pixels the mask misses by some pixels, never the other way round.
        detail = min(_finest_detail(shape) for shape in region.shapes)
        factor = _COARSEST
        while factor > 1 and factor > detail:
            factor //= 2
        coarse = self._masks.rasterize(region.shapes, 0.0, bounds, self._photo, factor)
        corner = bounds.shrunk_by(factor)
        # A slanted or a moved edge may lie beside its place by a pixel of the small mask.
        slanted = (Ellipse, Lasso, Grow)
        slack = int(any(isinstance(shape, slanted) for shape in region.shapes))

        def touches(rect: Rect) -> bool:
            small = rect.shrunk_by(factor).expanded(slack, corner)
            return bool(coarse[small.relative_to(corner).slices].any())

        return touches

    def _touches(self, shapes: tuple[Shape, ...], rect: Rect) -> bool:
        return self._masks.touches(shapes, 0.0, rect, self._photo)


def quickened(region: Region) -> Region:
    """The region as a quick look restores it: a solver gives way to one in a single round."""
    if region.model.deconvolution is None:
        return region
    return replace(region, model=replace(region.model, quality=GLANCE))


def preview_factors(region: Region) -> tuple[int, ...]:
    """The work scales of quick looks at the region, the finest first."""
    return SOLVER_PREVIEW_FACTORS if region.model.deconvolution else (PREVIEW_FACTOR,)


def _finest_detail(shape: Shape) -> float:
    """Photo pixels a side of the coarsest mask in which nothing of a shape is lost."""
    if isinstance(shape, BrushStroke):
        is_thinner = shape.pressure is Pressure.SIZE and bool(shape.pressures)
        return shape.radius / 2 * (min(shape.pressures) if is_thinner else 1.0)
    if isinstance(shape, Ellipse):
        return min(shape.rect.size) / 4
    if isinstance(shape, Lasso):
        return _LASSO_DETAIL
    return _COARSEST


def _policy(region: Region, factor: int) -> TilingPolicy | None:
    try:
        return policy_of(region.model, factor)
    except ZooError:
        return None
