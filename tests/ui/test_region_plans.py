from __future__ import annotations

from dataclasses import replace
from math import cos, sin

import pytest

from unblur.document.geometry import Point, Rect, Size
from unblur.document.region import ModelChoice, Region, RegionId
from unblur.document.shapes import (
    BrushStroke,
    Ellipse,
    Grow,
    Invert,
    Lasso,
    Mode,
    Pressure,
    Rectangle,
    Shape,
    WholePhoto,
)
from unblur.imaging import masks
from unblur.ui.region_plans import RegionPlan, RegionPlans

PHOTO = Size(2000, 1500)
DIAGONAL = tuple(Point(100 + 17 * i, 80 + 13 * i) for i in range(100))


def planned(*shapes: Shape) -> RegionPlan:
    region = Region(RegionId("r"), "Region", shapes, ModelChoice("maxim-3s.gopro", "draft"))
    plan = RegionPlans(PHOTO, masks).plan(region, 1, lambda _key, _index: False)
    assert plan is not None
    return plan


@pytest.mark.parametrize("radius", [0.7, 3.0, 20.0, 90.0])
def test_a_stroke_gets_every_tile_that_it_touches_and_hardly_more(radius: float) -> None:
    stroke = BrushStroke(DIAGONAL, radius)
    plan = planned(stroke)
    grid = plan.key.grid
    everywhere = set(grid.tiles_touching(Rect.of_size(PHOTO)))
    touched = {
        index for index in everywhere if masks.touches((stroke,), 0.0, grid.support(index), PHOTO)
    }
    assert touched <= set(plan.needed)
    assert len(plan.needed) <= len(touched) + 6
    assert len(plan.needed) < len(everywhere)


OVAL = Ellipse(Rect(300, 200, 1100, 700))
CURVE = Lasso(tuple(Point(1000 + 700 * cos(i / 9), 700 + 500 * sin(i / 9)) for i in range(50)))
PEN = BrushStroke(
    DIAGONAL, 40, pressures=tuple(0.1 + i / 120 for i in range(100)), pressure=Pressure.SIZE
)
DRAWINGS: dict[str, tuple[Shape, ...]] = {
    "ellipse": (OVAL,),
    "lasso": (CURVE,),
    "pen": (PEN,),
    "grown": (OVAL, Grow(60)),
    "shrunk": (CURVE, Grow(-60)),
    "inverted": (OVAL, Invert()),
    "ring": (OVAL, replace(CURVE, mode=Mode.SUBTRACT)),
    "both": (OVAL, replace(PEN, mode=Mode.INTERSECT)),
}


@pytest.mark.parametrize("shapes", DRAWINGS.values(), ids=DRAWINGS.keys())
def test_whatever_is_drawn_gets_every_tile_that_it_touches_and_hardly_more(
    shapes: tuple[Shape, ...],
) -> None:
    plan = planned(*shapes)
    grid = plan.key.grid
    whole = masks.rasterize(shapes, 0.0, Rect.of_size(PHOTO), PHOTO)
    everywhere = set(grid.tiles_touching(Rect.of_size(PHOTO)))
    touched = {index for index in everywhere if whole[grid.support(index).slices].any()}
    assert touched <= set(plan.needed)
    assert len(plan.needed) <= len(touched) + 6


def test_a_rectangle_gets_exactly_the_tiles_that_it_touches() -> None:
    plan = planned(Rectangle(Rect(0, 0, 300, 200)), Rectangle(Rect(1700, 1300, 300, 200)))
    grid = plan.key.grid
    for index in grid.tiles_touching(Rect.of_size(PHOTO)):
        support = grid.support(index)
        is_touched = support.left < 300 and support.top < 200
        is_touched |= support.right > 1700 and support.bottom > 1300
        assert (index in plan.needed) == is_touched


def test_what_is_erased_from_the_whole_photo_is_not_restored() -> None:
    hole = BrushStroke((Point(1000, 750),), 700.0, mode=Mode.SUBTRACT)
    assert len(planned(WholePhoto(), hole).needed) < len(planned(WholePhoto()).needed)


def test_an_empty_mask_has_no_plan() -> None:
    region = Region(RegionId("r"), "Region", (), ModelChoice("maxim-3s.gopro", "draft"))
    assert RegionPlans(PHOTO, masks).plan(region, 1, lambda _key, _index: False) is None


def test_a_model_that_is_gone_has_no_plan() -> None:
    region = Region(RegionId("r"), "Region", (WholePhoto(),), ModelChoice("gone", "draft"))
    assert RegionPlans(PHOTO, masks).plan(region, 1, lambda _key, _index: False) is None
