"""What to ask of the engine: the passes that restore some regions, in the best order.

Regions come in the order of the document. When the photo on screen would take a while, a
pass at a quarter of the size goes first over what is visible: it costs about 6 % and shows
something within a second. Then come the chosen scales, from the view's centre outwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from unblur.document.geometry import Point, Rect
from unblur.document.region import Region, RegionId
from unblur.engine.request import RestorePass
from unblur.engine.tiling import ordered_from
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.region_plans import PREVIEW_FACTOR, RegionPlan, preview_factors, quickened

Estimate = Callable[[Sequence[RestorePass]], float | None]
"""Seconds that some passes take on this machine; None while it was not measured."""

# A first look is worth its time when the real thing is slow and much larger than it.
_PREVIEW_WORTH_SECONDS = 3.0
_PREVIEW_WORTH_RATIO = 4
# Photo pixels in the view up to which a look at half their number is there at once.
_NEAR_PIXELS = 2_500_000
_MOST_AT_A_GLANCE = 4_000_000  # pixels that are solved without being asked for


@dataclass(frozen=True, slots=True)
class View:
    """What the canvas shows of the photo, in photo pixels."""

    visible: Rect
    center: Point


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked for. None stands for every visible region.

    `glance` is a region of which a quick look at the visible part comes first of all.
    """

    region_ids: frozenset[RegionId] | None = None
    is_visible_part_only: bool = False
    glance: RegionId | None = None

    @property
    def is_glance(self) -> bool:
        """Whether a quick look is all that it asks for."""
        return self.glance is not None and self.region_ids == frozenset()

    def of(self, regions: Sequence[Region]) -> list[Region]:
        """The regions that it asks for."""
        if self.region_ids is None:
            return [region for region in regions if region.is_visible]
        return [region for region in regions if region.id in self.region_ids]


def chosen_passes(
    opened: OpenPhoto, regions: Sequence[Region], view: View, within: Rect, *, is_accelerated: bool
) -> tuple[RestorePass, ...]:
    """The missing tiles of `regions` that touch `within`, each at its chosen scale."""
    passes = []
    for region in regions:
        factor = opened.plans.factor(region, is_accelerated=is_accelerated)
        plan = opened.plan(region, factor)
        plan = plan.visible_in(within) if plan else None
        if plan is not None and plan.missing:
            passes.append(_as_pass(plan, view))
    return tuple(passes)


def glance_passes(
    opened: OpenPhoto, region: Region, view: View, *, is_accelerated: bool
) -> tuple[RestorePass, ...]:
    """What the canvas shows of a region that is solved: quick and coarse, then as chosen.

    Where that would be much, the quick look is all: a large photo is not seen at full size.
    """
    chosen = chosen_passes(opened, [region], view, view.visible, is_accelerated=is_accelerated)
    if not chosen:
        return ()
    is_near = view.visible.intersected(opened.photo.rect).size.area <= _NEAR_PIXELS
    passes: list[RestorePass] = []
    for factor in sorted(preview_factors(region), reverse=True):
        is_worth_it = factor > chosen[0].key.grid.factor and (is_near or factor == PREVIEW_FACTOR)
        plan = opened.plan(quickened(region), factor) if is_worth_it else None
        plan = plan.visible_in(view.visible) if plan else None
        passes += [_as_pass(plan, view)] if plan and plan.missing else []
    is_much = sum(each.network_pixels for each in chosen) > _MOST_AT_A_GLANCE
    return tuple(passes) if is_much else (*passes, *chosen)


def preview_passes(
    opened: OpenPhoto, chosen: Sequence[RestorePass], view: View, estimate: Estimate
) -> tuple[RestorePass, ...]:
    """Quick passes over what is visible, for those of `chosen` that are worth it."""
    passes = []
    for real in chosen:
        region = opened.document.region(RegionId(real.region_id))
        if region is None or real.key.grid.factor >= PREVIEW_FACTOR:
            continue
        plan = opened.plan(quickened(region), PREVIEW_FACTOR)
        plan = plan.visible_in(view.visible) if plan else None
        if plan is not None and plan.missing:
            quick = _as_pass(plan, view)
            passes += [quick] if _is_worth_it(quick, real, estimate) else []
    return tuple(passes)


def pin_grids(opened: OpenPhoto, passes: Sequence[RestorePass]) -> None:
    """Lay the grids of what is about to be restored, so that they stay where they are."""
    for item in passes:
        region = opened.document.region(RegionId(item.region_id))
        if region is not None:
            opened.plans.pin(region, item.key.grid.factor)


def _as_pass(plan: RegionPlan, view: View) -> RestorePass:
    indices = ordered_from(plan.key.grid, plan.missing, view.center)
    return RestorePass(key=plan.key, indices=indices, region_id=plan.region_id)


def _is_worth_it(preview: RestorePass, real: RestorePass, estimate: Estimate) -> bool:
    if real.network_pixels < _PREVIEW_WORTH_RATIO * preview.network_pixels:
        return False
    seconds = estimate((real,))
    if seconds is None:
        return len(real.indices) > 1
    return seconds > _PREVIEW_WORTH_SECONDS
