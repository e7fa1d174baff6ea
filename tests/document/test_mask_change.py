"""What an edit asks to be drawn again: everything that differs, and hardly more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from unblur.document.document import Document
from unblur.document.geometry import Point, Rect, Size
from unblur.document.mask_change import document_change, mask_change, region_change, region_growth
from unblur.document.photo import Photo
from unblur.document.region import ModelChoice, Region, RegionId
from unblur.document.shapes import (
    BrushStroke,
    Ellipse,
    Grow,
    Invert,
    Lasso,
    Mode,
    Rectangle,
    Shape,
    WholePhoto,
)
from unblur.imaging.masks import painted_over, rasterize

PHOTO = Size(160, 120)
BOX = Rectangle(Rect(20, 20, 80, 60))
STROKE = BrushStroke((Point(30, 30), Point(90, 40)), 9.0, hardness=0.5)
LONGER = STROKE.with_point(Point(120, 80))
OVAL = Ellipse(Rect(70, 50, 60, 60), Mode.SUBTRACT)
LASSO = Lasso((Point(10, 10), Point(100, 20), Point(50, 110)), Mode.INTERSECT)
STEPS: dict[str, tuple[tuple[Shape, ...], tuple[Shape, ...]]] = {
    "a stroke begins": ((OVAL, BOX), (OVAL, BOX, LONGER)),
    "a stroke goes on": ((BOX, STROKE), (BOX, LONGER)),
    "an eraser goes on": (
        (BOX, replace(STROKE, mode=Mode.SUBTRACT)),
        (BOX, replace(LONGER, mode=Mode.SUBTRACT)),
    ),
    "keeping only a stroke that goes on": (
        (BOX, replace(STROKE, mode=Mode.INTERSECT)),
        (BOX, replace(LONGER, mode=Mode.INTERSECT)),
    ),
    "an ellipse is taken away": ((BOX,), (BOX, OVAL)),
    "a lasso keeps its inside": ((WholePhoto(),), (WholePhoto(), LASSO)),
    "inverted": ((BOX, STROKE), (BOX, STROKE, Invert())),
    "grown": ((BOX,), (BOX, Grow(12))),
    "shrunk further": ((BOX, Grow(-2)), (BOX, Grow(-9))),
    "cleared": ((BOX, STROKE), ()),
}


@pytest.mark.parametrize("feather", [0.0, 14.0])
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_nothing_differs_beyond_it_forth_and_back(step, feather: float) -> None:
    whole = Rect.of_size(PHOTO)
    masks = [rasterize(shapes, feather, whole, PHOTO) for shapes in step]
    differs = masks[0] != masks[1]
    assert differs.any()
    for before, after in (step, step[::-1]):
        changed = mask_change(before, after, PHOTO, feather)
        outside = np.ones_like(differs)
        outside[changed.slices] = False
        assert not (differs & outside).any()


def test_a_stroke_that_goes_on_changes_its_new_end_alone() -> None:
    large = Size(1600, 1200)
    stroke = BrushStroke((Point(100, 100), Point(200, 100)), 10)
    changed = mask_change((BOX, stroke), (BOX, stroke.with_point(Point(220, 100))), large)
    assert changed.left >= 185
    assert changed.contains(Rect(200, 90, 30, 20))


def test_a_moved_rectangle_changes_where_it_was_and_where_it_is() -> None:
    before = Region(RegionId("r"), "R", (BOX,), ModelChoice("m", "draft"), feather=5)
    after = replace(before, shapes=(Rectangle(Rect(60, 20, 80, 60)),))
    assert region_change(before, after, PHOTO).contains(Rect(20, 20, 120, 60))
    assert region_change(before, before, PHOTO).is_empty


def test_another_feather_changes_all_of_the_region() -> None:
    before = Region(RegionId("r"), "R", (BOX,), ModelChoice("m", "draft"))
    assert region_change(before, replace(before, feather=3.0), PHOTO) == BOX.rect


@pytest.mark.parametrize("name", ["a stroke begins", "a stroke goes on", "an eraser goes on"])
def test_painting_what_has_grown_over_the_old_mask_gives_the_new_one(name: str) -> None:
    whole = Rect.of_size(PHOTO)
    before, after = (Region(RegionId("r"), "R", s, ModelChoice("m", "d")) for s in STEPS[name])
    growth = region_growth(before, after)
    assert growth is not None
    old = rasterize(before.shapes, 0.0, whole, PHOTO)
    new = rasterize(after.shapes, 0.0, whole, PHOTO)
    np.testing.assert_array_equal(painted_over(old, growth, whole, PHOTO), new)


@pytest.mark.parametrize("name", ["a lasso keeps its inside", "inverted", "grown", "cleared"])
def test_what_is_no_growth_is_drawn_anew(name: str) -> None:
    before, after = (Region(RegionId("r"), "R", s, ModelChoice("m", "d")) for s in STEPS[name])
    assert region_growth(before, after) is None


def test_with_a_feather_nothing_is_painted_over() -> None:
    before = Region(RegionId("r"), "R", (BOX,), ModelChoice("m", "d"), feather=2.0)
    assert region_growth(before, before.with_shape(STROKE)) is None


def test_pieces_of_one_stroke_join_and_others_do_not() -> None:
    assert STROKE.joined(LONGER.tail(1)) == LONGER
    pen = replace(STROKE, pressures=(0.5, 1.0))
    assert pen.joined(pen.with_point(Point(1, 1), 0.25).tail(1)).pressures == (0.5, 1.0, 0.25)
    assert STROKE.joined(STROKE) is None
    assert STROKE.joined(replace(LONGER.tail(1), radius=3.0)) is None


def test_a_document_differs_where_its_regions_and_its_protection_do() -> None:
    photo = Photo(np.zeros((PHOTO.height, PHOTO.width, 3), np.uint8), "black")
    region = Region(RegionId("r"), "R", (BOX,), ModelChoice("m", "d"))
    document = Document(photo, (region,))
    assert document_change(document, document).is_empty
    assert document_change(Document(photo), document) == BOX.rect
    assert document_change(document, Document(photo)) == BOX.rect
    renamed = document.with_region(replace(region, name="Face"))
    assert document_change(document, renamed).is_empty
    faint = document.with_region(replace(region, strength=0.5))
    assert document_change(document, faint) == BOX.rect
    protected = replace(document, protection=(STROKE,))
    assert document_change(document, protected).contains(STROKE.reach(PHOTO))
