"""What each shape and each mode comes to, against the slow and certain way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from unblur.document.geometry import Point, Rect, Size
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
from unblur.imaging.masks import rasterize

PHOTO = Size(160, 120)
ALL = Rect.of_size(PHOTO)
Y, X = np.mgrid[0 : PHOTO.height, 0 : PHOTO.width] + 0.5
BOX = Rectangle(Rect(30, 20, 80, 70))
LINE = BrushStroke((Point(40, 60), Point(120, 60)), 20.0)


def drawn(*shapes: Shape, feather: float = 0.0) -> np.ndarray:
    return rasterize(shapes, feather, ALL, PHOTO)


def test_an_ellipse_covers_its_inside_and_nothing_beyond_its_line() -> None:
    mask = drawn(Ellipse(Rect(20, 10, 100, 80)))
    level = ((X - 70) / 50) ** 2 + ((Y - 50) / 40) ** 2
    assert not mask[level >= 1].any()
    # One pixel inward of the line everything is covered.
    assert (mask[((X - 70) / 48.5) ** 2 + ((Y - 50) / 38.5) ** 2 < 1] == 1).all()
    assert mask.sum() == pytest.approx(np.pi * 49.5 * 39.5, rel=0.005)


def test_an_ellipse_is_the_same_on_all_sides() -> None:
    mask = drawn(Ellipse(Rect(30, 10, 100, 100)))[10:110, 30:130]
    for other in (mask[::-1], mask[:, ::-1], mask.T):
        np.testing.assert_array_equal(mask, other)


def test_a_tiny_ellipse_still_covers_something() -> None:
    assert drawn(Ellipse(Rect(5, 5, 1, 1)))[5, 5] > 0
    assert not drawn(Ellipse(Rect(5, 5, 0, 9))).any()


def test_a_lasso_around_whole_pixels_is_the_rectangle() -> None:
    rect = BOX.rect
    corners = (
        Point(rect.left, rect.top),
        Point(rect.right, rect.top),
        Point(rect.right, rect.bottom),
        Point(rect.left, rect.bottom),
    )
    np.testing.assert_array_equal(drawn(Lasso(corners)), drawn(BOX))
    np.testing.assert_array_equal(drawn(Lasso(corners[::-1])), drawn(BOX))


def test_a_lasso_covers_pixels_by_their_share() -> None:
    triangle = Lasso((Point(20, 20), Point(100, 20), Point(20, 100)))
    mask = drawn(triangle)
    assert mask.sum() == pytest.approx(80 * 80 / 2, rel=0.01)
    np.testing.assert_allclose(mask[60, 59:61].sum(), 0.5, atol=0.13)


def test_a_lasso_that_goes_around_twice_has_no_hole() -> None:
    turns = np.linspace(0, 4 * np.pi, 60, endpoint=False)
    radius = np.linspace(30, 50, 60)
    points = zip(80 + radius * np.sin(turns), 60 + radius * np.cos(turns), strict=True)
    mask = drawn(Lasso(tuple(Point(*point) for point in points)))
    assert (mask[np.hypot(X - 80, Y - 60) < 28] == 1).all()


def test_a_lasso_of_two_points_is_nothing() -> None:
    assert not drawn(Lasso((Point(1, 1), Point(50, 50)))).any()


def test_a_soft_brush_falls_from_its_hard_middle_to_its_edge() -> None:
    column = drawn(replace(LINE, hardness=0.25))[:, 80]
    distance = np.abs(Y[:, 80] - 60)
    expected = 0.5 - 0.5 * np.cos(np.pi * np.clip((20 - distance) / 15, 0, 1))
    np.testing.assert_allclose(column, expected, atol=1e-5)


def test_pressure_makes_a_stroke_thinner_along_its_way() -> None:
    pen = replace(LINE, pressures=(1.0, 0.25), pressure=Pressure.SIZE)
    mask = drawn(pen)
    radius = 20 - 15 * np.clip((X - 40) / 80, 0, 1)
    distance = np.hypot(X - np.clip(X, 40, 120), Y - 60)
    np.testing.assert_allclose(mask, np.clip(radius - distance, 0, 1), atol=1e-4)


def test_pressure_makes_a_stroke_fainter_along_its_way() -> None:
    row = drawn(replace(LINE, pressures=(1.0, 0.25), pressure=Pressure.OPACITY))[60]
    expected = 1 - 0.75 * (X[60, 40:120] - 40) / 80
    np.testing.assert_allclose(row[40:120], expected, atol=1e-4)


def test_pressure_that_is_not_asked_for_changes_nothing() -> None:
    pen = replace(LINE, pressures=(0.2, 0.9), pressure=Pressure.NOTHING)
    np.testing.assert_array_equal(drawn(pen), drawn(LINE))


def test_pressures_and_points_go_together() -> None:
    with pytest.raises(ValueError, match="1 pressures for 2 points"):
        replace(LINE, pressures=(0.5,))


OTHERS = {
    "rectangle": Rectangle(Rect(80, 50, 60, 60)),
    "ellipse": Ellipse(Rect(60, 40, 90, 60)),
    "lasso": Lasso((Point(50, 10), Point(150, 60), Point(60, 110))),
    "brush": replace(LINE, hardness=0.5),
}


@pytest.mark.parametrize("shape", OTHERS.values(), ids=OTHERS.keys())
def test_modes_are_those_of_sets(shape) -> None:
    before, alone = drawn(BOX), drawn(shape)
    cases = {
        Mode.ADD: np.maximum(before, alone),
        Mode.SUBTRACT: np.minimum(before, 1 - alone),
        Mode.INTERSECT: np.minimum(before, alone),
    }
    for mode, expected in cases.items():
        np.testing.assert_array_equal(drawn(BOX, replace(shape, mode=mode)), expected)


def test_keeping_only_what_lies_elsewhere_leaves_nothing() -> None:
    far = Rectangle(Rect(130, 100, 10, 10), Mode.INTERSECT)
    assert not drawn(BOX, far).any()


def test_inverting_is_the_rest_and_twice_is_nothing() -> None:
    np.testing.assert_array_equal(drawn(BOX, Invert()), 1 - drawn(BOX))
    np.testing.assert_array_equal(drawn(BOX, Invert(), Invert()), drawn(BOX))
    assert (drawn(Invert()) == 1).all()
    assert not drawn(WholePhoto(), Invert()).any()


@pytest.mark.parametrize("pixels", [1, 6, 11])
def test_a_straight_edge_moves_by_exactly_that_many_pixels(pixels: int) -> None:
    grown, shrunk = drawn(BOX, Grow(pixels)), drawn(BOX, Grow(-pixels))
    rect = BOX.rect
    for mask, by in ((grown, pixels), (shrunk, -pixels)):
        column, row = mask[:, 70], mask[55]
        np.testing.assert_array_equal(
            np.flatnonzero(column), np.arange(rect.top - by, rect.bottom + by)
        )
        np.testing.assert_array_equal(
            np.flatnonzero(row), np.arange(rect.left - by, rect.right + by)
        )
        assert set(np.unique(column)) == {0.0, 1.0}


def test_a_grown_mask_is_what_lies_within_the_distance() -> None:
    inside = drawn(BOX) >= 0.5
    rows, columns = np.nonzero(inside)
    nearest = np.full(inside.shape, np.inf)
    for y, x in zip(rows, columns, strict=True):
        nearest = np.minimum(nearest, np.hypot(X - 0.5 - x, Y - 0.5 - y))
    np.testing.assert_allclose(drawn(BOX, Grow(12)), np.clip(13 - nearest, 0, 1), atol=1e-5)


def test_shrinking_leaves_the_photos_border_where_it_is() -> None:
    mask = drawn(Rectangle(Rect(0, 0, 60, 120)), Grow(-10))
    assert (mask[:, :50] == 1).all()
    assert not mask[:, 50:].any()


def test_shrinking_by_more_than_there_is_leaves_nothing() -> None:
    assert not drawn(BOX, Grow(-40)).any()
    assert not drawn(Grow(30)).any()


def test_a_soft_edge_stays_soft_when_it_is_moved() -> None:
    soft = replace(LINE, hardness=0.2)
    before, after = drawn(soft)[:, 80], drawn(soft, Grow(10))[:, 80]
    np.testing.assert_allclose(after[20:50], before[30:60], atol=0.08)
    back = drawn(soft, Grow(-10))[:, 80]
    np.testing.assert_allclose(back[50:60], before[40:50], atol=0.08)


def test_what_is_drawn_after_growing_does_not_grow() -> None:
    later = Rectangle(Rect(130, 100, 10, 10))
    np.testing.assert_array_equal(
        drawn(BOX, Grow(5), later), np.maximum(drawn(BOX, Grow(5)), drawn(later))
    )


def test_the_feather_runs_inward_from_a_grown_edge() -> None:
    row = drawn(BOX, Grow(8), feather=10.0)[55]
    inside = np.arange(15) + 0.5
    expected = 0.5 - 0.5 * np.cos(np.pi * np.clip(inside / 10, 0, 1))
    assert not row[:22].any()
    np.testing.assert_allclose(row[22:37], expected, atol=1e-5)
