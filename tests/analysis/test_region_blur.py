"""How wide the blur of a region is, from the photo's blur and the map inside the mask."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.psfs import disc, motion, photographed, scene

from unblur.analysis.blur_map import BlurMap
from unblur.analysis.kinds import Blur, BlurKind
from unblur.analysis.measurement import Measurement, measure
from unblur.analysis.region_blur import region_span
from unblur.document.geometry import Rect, Size
from unblur.document.shapes import Ellipse, Invert, Rectangle, WholePhoto

PHOTO = Size(400, 300)
LEFT = (Rectangle(Rect(0, 0, 200, 300)),)
RIGHT = (*LEFT, Invert())
MOVED = Blur(BlurKind.MOTION, 0.6, 20.0, 30.0)
WALL = np.full((300, 400, 3), 90, np.uint8)  # tells nothing by itself, so that the map has to


def measurement(blur: Blur | None = MOVED, left: float = 2.0, right: float = 6.0) -> Measurement:
    """A photo whose map reads `left` in its left half and `right` in the other."""
    sigma = np.full((38, 50), left, np.float32)
    sigma[:, 25:] = right
    return Measurement(PHOTO, blur, 1.0, BlurMap(sigma, np.ones_like(sigma), 8))


def test_the_whole_photo_has_the_blur_of_the_photo() -> None:
    even = measurement(left=4.0, right=4.0)

    assert region_span(WALL, (WholePhoto(),), even) == pytest.approx(20.0)


def test_a_region_has_more_of_it_by_the_map_and_never_less() -> None:
    # Of as many cells on either side the median is the lower one.
    assert region_span(WALL, LEFT, measurement()) == pytest.approx(20.0)
    assert region_span(WALL, RIGHT, measurement()) == pytest.approx(60.0)
    assert region_span(WALL, LEFT, measurement(left=6.0, right=2.0)) == pytest.approx(60.0)
    assert region_span(WALL, RIGHT, measurement(left=6.0, right=2.0)) == pytest.approx(20.0)


def test_only_what_lies_inside_the_mask_counts() -> None:
    face = (Ellipse(Rect(260, 100, 80, 100)),)

    assert region_span(WALL, face, measurement()) == pytest.approx(60.0)


def test_the_map_is_not_trusted_beyond_four_times_the_photos_blur() -> None:
    assert region_span(WALL, RIGHT, measurement(right=40.0)) == pytest.approx(80.0)


def test_a_blurred_region_of_a_sharp_photo_is_told_by_the_map_alone() -> None:
    sharp = measurement(Blur(BlurKind.SHARP, 0.6), left=0.7, right=5.0)

    assert region_span(WALL, RIGHT, sharp) == pytest.approx(20.0)
    assert region_span(WALL, LEFT, sharp) is None


def test_nothing_is_told_of_a_photo_of_nothing() -> None:
    assert region_span(WALL, LEFT, Measurement(PHOTO, None, 1.0, None)) is None


def test_cells_far_from_every_edge_do_not_count() -> None:
    found = measurement(right=6.0)
    assert found.map is not None
    support = found.map.support.copy()
    support[:20, 25:] = 0.0
    sigma = found.map.sigma.copy()
    sigma[:20, 25:] = 1.0
    far = replace(found, map=BlurMap(sigma, support, 8))

    assert region_span(WALL, RIGHT, far) == pytest.approx(60.0)


def test_a_region_without_edges_has_the_blur_of_the_photo() -> None:
    found = measurement()
    assert found.map is not None
    support = found.map.support.copy()
    support[:, 25:] = 0.0

    span = region_span(WALL, RIGHT, replace(found, map=BlurMap(found.map.sigma, support, 8)))

    assert span == pytest.approx(20.0)


@pytest.mark.parametrize(("psf", "span"), [(motion(17, 30), 17), (disc(8), 16)])
def test_a_part_of_an_evenly_blurred_photo_is_told_within_a_fifth(
    psf: np.ndarray, span: float
) -> None:
    photo = photographed(scene("street"), psf)
    measured = measure(photo)

    for rect in (Rect(0, 0, 576, 448), Rect(60, 60, 220, 220), Rect(300, 200, 200, 200)):
        assert region_span(photo, (Rectangle(rect),), measured) == pytest.approx(span, rel=0.2)


@pytest.mark.parametrize("angle", [0, 40, 90])
def test_somebody_who_moved_before_a_sharp_street_is_told(angle: float) -> None:
    picture = scene("street").copy()
    moved = Rect(160, 100, 256, 256)
    picture[moved.slices] = photographed(scene("street"), motion(31, angle))[moved.slices]
    measured = measure(picture)
    assert measured.blur is not None
    assert measured.blur.kind is not BlurKind.MOTION

    inside = region_span(picture, (Ellipse(moved),), measured)

    assert inside == pytest.approx(31, rel=0.2)
    assert region_span(picture, (Rectangle(Rect(0, 0, 150, 448)),), measured) is None
