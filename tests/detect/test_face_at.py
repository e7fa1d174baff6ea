from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from tests.psfs import motion, photographed, scene

from unblur.detect.boxes import overlap
from unblur.detect.face_at import face_at, oval_at, surroundings
from unblur.detect.faces import FaceFinder
from unblur.document.geometry import Point, Rect, Size
from unblur.errors import Cancelled

# The face in front, to one who looks at the sharp square; and where it is clicked.
_FACE = Rect(107, 212, 39, 66)
_PLACE = Point(121, 250)


@pytest.fixture(scope="module")
def blurred() -> np.ndarray:
    return photographed(scene("square"), motion(21, 20))


def test_a_face_that_the_search_misses_is_found_by_a_click(blurred: np.ndarray) -> None:
    assert all(overlap(each.box, _FACE) < 0.3 for each in FaceFinder().find(blurred))

    found = face_at(blurred, _PLACE)

    assert found is not None
    assert overlap(found.box, _FACE) > 0.4


def test_every_face_of_a_sharp_photo_is_found_at_its_place() -> None:
    pixels = scene("square")
    for face in FaceFinder().find(pixels):
        if min(face.box.size) < 16:  # of which nobody can tell how large they are
            continue
        found = face_at(pixels, face.box.center)
        assert found is not None
        assert overlap(found.box, face.box) > 0.5


def test_where_no_face_is_seen_the_oval_is_as_large_as_the_nearest_one() -> None:
    plain = np.full((300, 400, 3), 120, np.uint8)
    near, far = Rect(200, 100, 40, 50), Rect(10, 10, 90, 120)

    oval, feather = oval_at(plain, Point(300, 150), [far, near])

    assert oval.rect == Rect(280, 125, 40, 50)
    assert feather == pytest.approx(5)


def test_where_nothing_is_known_the_oval_is_a_share_of_the_photo() -> None:
    oval, feather = oval_at(np.full((300, 400, 3), 120, np.uint8), Point(200, 150), [])

    assert oval.rect.contains_point(Point(200, 150))
    assert 0.1 * 300 < oval.rect.height < 0.4 * 300
    assert oval.rect.width < oval.rect.height
    assert feather > 0


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (40, 40)])
def test_odd_photos_have_an_oval_at_the_place_as_well(size: tuple[int, int]) -> None:
    place = Point(0.5, 0.5)
    oval, _ = oval_at(np.full((*size, 3), 90, np.uint8), place, [])
    assert oval.rect.contains_point(place)


def test_surroundings_grow_from_the_place_to_the_whole_photo() -> None:
    photo = Size(500, 300)
    areas = surroundings(Point(490, 20), photo)
    assert areas[-1] == Rect.of_size(photo)
    for smaller, larger in pairwise(areas):
        assert larger.contains(smaller)
        assert larger != smaller


def test_it_stops_between_steps() -> None:
    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        face_at(scene("square"), _PLACE, stop)
