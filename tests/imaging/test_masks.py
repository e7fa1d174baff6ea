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
from unblur.imaging.masks import rasterize, touches

PHOTO = Size(190, 150)
ALL = Rect.of_size(PHOTO)
WAVE = BrushStroke(
    tuple(Point(20 + 3.1 * i, 70 + 30 * np.sin(i / 6)) for i in range(50)), radius=14.3
)
ERASER = BrushStroke((Point(90, 60), Point(120, 95)), radius=6.5, mode=Mode.SUBTRACT)
BOX = Rectangle(Rect(30, 20, 80, 70))
OVAL = Ellipse(Rect(60, 40, 100, 61))
STAR = Lasso(tuple(Point(90 + 60 * np.sin(i * 1.88), 75 + 55 * np.cos(i * 1.88)) for i in range(9)))
SOFT = replace(WAVE, hardness=0.3)
PEN = replace(
    WAVE,
    pressures=tuple(0.55 + 0.45 * np.sin(i / 3) for i in range(50)),
    pressure=Pressure.SIZE,
)
FAINT = replace(PEN, pressure=Pressure.OPACITY, hardness=0.6)
WHOLE = WholePhoto()
DRAWINGS: dict[str, tuple[Shape, ...]] = {
    "whole": (WholePhoto(),),
    "box": (BOX,),
    "box over the border": (Rectangle(Rect(-20, 100, 90, 90)),),
    "stroke": (WAVE,),
    "stroke with eraser": (WAVE, ERASER),
    "whole with eraser": (WholePhoto(), ERASER),
    "all of them": (BOX, WAVE, ERASER, Rectangle(Rect(95, 70, 9, 9))),
    "ellipse": (OVAL,),
    "ellipse over the border": (Ellipse(Rect(-30, 90, 120, 80)),),
    "lasso": (STAR,),
    "soft stroke": (SOFT,),
    "pen by size": (PEN,),
    "pen by opacity": (FAINT,),
    "inverted": (BOX, FAINT, Invert()),
    "box within an ellipse": (OVAL, replace(BOX, mode=Mode.INTERSECT)),
    "ellipse without a lasso": (OVAL, replace(STAR, mode=Mode.SUBTRACT)),
    "soft stroke within a lasso": (SOFT, replace(STAR, mode=Mode.INTERSECT)),
    "grown": (WAVE, ERASER, Grow(7)),
    "shrunk": (BOX, OVAL, Grow(-6.5), ERASER),
    "soft and grown": (SOFT, Grow(9)),
    "soft and shrunk": (WHOLE, replace(FAINT, mode=Mode.SUBTRACT), Grow(-4), Invert()),
}


def distances(stroke: BrushStroke) -> np.ndarray:
    """Distance from each pixel's centre to the line, the slow and certain way."""
    y, x = np.mgrid[0 : PHOTO.height, 0 : PHOTO.width] + 0.5
    nearest = np.full(x.shape, np.inf)
    ends = stroke.points[1:] or stroke.points
    for a, b in zip(stroke.points, ends, strict=False):
        vector = np.subtract(b, a)
        along = (x - a.x) * vector[0] + (y - a.y) * vector[1]
        share = np.clip(along / max(vector @ vector, 1e-12), 0, 1)
        nearest = np.minimum(
            nearest, np.hypot(x - a.x - share * vector[0], y - a.y - share * vector[1])
        )
    return nearest


def test_the_whole_photo_is_one_everywhere() -> None:
    mask = rasterize((WholePhoto(),), 30.0, ALL, PHOTO)
    assert mask.dtype == np.float32
    assert mask.shape == (PHOTO.height, PHOTO.width)
    assert (mask == 1).all()


def test_without_shapes_the_mask_is_zero() -> None:
    assert not rasterize((), 5.0, ALL, PHOTO).any()
    assert not rasterize((ERASER,), 0.0, ALL, PHOTO).any()


def test_a_rectangle_without_feather_has_whole_pixels() -> None:
    mask = rasterize((BOX,), 0.0, ALL, PHOTO)
    expected = np.zeros_like(mask)
    expected[BOX.rect.slices] = 1
    np.testing.assert_array_equal(mask, expected)


@pytest.mark.parametrize("stroke", [WAVE, BrushStroke((Point(50.3, 40.8),), 9.7)])
def test_a_stroke_is_the_distance_to_its_line(stroke: BrushStroke) -> None:
    mask = rasterize((stroke,), 0.0, ALL, PHOTO)
    expected = np.clip(stroke.radius - distances(stroke), 0, 1)
    np.testing.assert_allclose(mask, expected, atol=2e-4)
    assert not mask[distances(stroke) >= stroke.radius].any()


def test_a_tiny_brush_still_paints() -> None:
    assert rasterize((BrushStroke((Point(10.5, 10.5),), 0.4),), 0.0, ALL, PHOTO).max() == 1


@pytest.mark.parametrize("shapes", DRAWINGS.values(), ids=DRAWINGS.keys())
@pytest.mark.parametrize("feather", [0.0, 0.7, 9.5, 400.0])
def test_any_part_is_a_crop_of_the_whole(shapes: tuple[Shape, ...], feather: float) -> None:
    whole = rasterize(shapes, feather, ALL, PHOTO)
    generator = np.random.default_rng(2)
    for _ in range(12):
        x, y = (int(generator.integers(0, side)) for side in PHOTO)
        width = int(generator.integers(1, PHOTO.width - x + 1))
        height = int(generator.integers(1, PHOTO.height - y + 1))
        rect = Rect(x, y, width, height)
        np.testing.assert_array_equal(rasterize(shapes, feather, rect, PHOTO), whole[rect.slices])


@pytest.mark.parametrize("shapes", DRAWINGS.values(), ids=DRAWINGS.keys())
def test_the_feather_only_lowers_and_never_reaches_beyond_the_edge(
    shapes: tuple[Shape, ...],
) -> None:
    sharp = rasterize(shapes, 0.0, ALL, PHOTO)
    soft = rasterize(shapes, 8.0, ALL, PHOTO)
    assert (soft <= sharp).all()
    np.testing.assert_array_equal(soft > 0, sharp > 0)


def test_the_feather_of_a_rectangle_rises_as_a_raised_cosine() -> None:
    row = rasterize((BOX,), 10.0, ALL, PHOTO)[55, 30:45]
    inside = np.arange(15) + 0.5
    expected = 0.5 - 0.5 * np.cos(np.pi * np.clip(inside / 10, 0, 1))
    np.testing.assert_allclose(row, expected, atol=1e-6)


def test_a_rectangle_feathers_the_same_by_either_way() -> None:
    # Drawn twice it takes the way through the distance transform.
    quick = rasterize((BOX,), 12.5, ALL, PHOTO)
    slow = rasterize((BOX, BOX), 12.5, ALL, PHOTO)
    np.testing.assert_allclose(quick, slow, atol=1e-6)


def test_the_border_of_the_photo_is_no_edge() -> None:
    corner = Rectangle(Rect(-10, -10, 60, 60))
    mask = rasterize((corner,), 10.0, ALL, PHOTO)
    assert mask[0, 0] == 1
    assert mask[0, 49] < 0.1


def test_shapes_are_painted_in_order() -> None:
    erased = rasterize((BOX, ERASER), 0.0, ALL, PHOTO)
    painted_over = rasterize((BOX, ERASER, BOX), 0.0, ALL, PHOTO)
    assert erased[60, 90] == 0
    assert painted_over[60, 90] == 1


def test_erasing_twice_is_erasing_once() -> None:
    once = rasterize((BOX, ERASER), 0.0, ALL, PHOTO)
    np.testing.assert_array_equal(rasterize((BOX, ERASER, ERASER), 0.0, ALL, PHOTO), once)


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("name", ["box", "stroke with eraser", "all of them"])
def test_a_smaller_mask_looks_like_the_large_one(name: str, factor: int) -> None:
    shapes = DRAWINGS[name]
    small = rasterize(shapes, 8.0, ALL, PHOTO, factor)
    assert small.shape == (-(-PHOTO.height // factor), -(-PHOTO.width // factor))
    large = rasterize(shapes, 8.0, ALL, PHOTO)
    rows, columns = PHOTO.height // factor, PHOTO.width // factor
    cut = large[: rows * factor, : columns * factor]
    mean = cut.reshape(rows, factor, columns, factor).mean(axis=(1, 3))
    assert np.abs(small[:rows, :columns] - mean).mean() < 0.03


@pytest.mark.parametrize("shapes", DRAWINGS.values(), ids=DRAWINGS.keys())
def test_touching_is_having_a_pixel_above_zero(shapes: tuple[Shape, ...]) -> None:
    whole = rasterize(shapes, 5.0, ALL, PHOTO)
    for x in range(0, 190, 19):
        for y in range(0, 150, 15):
            rect = Rect(x, y, 19, 15)
            assert touches(shapes, 5.0, rect, PHOTO) == whole[rect.slices].any()


def test_nothing_touches_beside_the_photo() -> None:
    assert not touches((WholePhoto(),), 0.0, Rect(500, 0, 10, 10), PHOTO)
