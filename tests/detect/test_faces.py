from __future__ import annotations

import numpy as np
import pytest
from tests.psfs import motion, photographed, scene

from unblur.detect.boxes import overlap
from unblur.detect.faces import Face, FaceFinder, is_plausible, merged, oval_of
from unblur.document.geometry import Point, Rect, Size
from unblur.errors import Cancelled
from unblur.imaging.opencv import cv2

# Where people look out of the square, as one sees it.
_FACES = (Rect(256, 115, 18, 23), Rect(30, 126, 26, 33), Rect(107, 212, 39, 66))


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


def face(box: Rect, score: float = 0.8) -> Face:
    return Face(box, (box.center,) * 5, score)


def test_the_faces_of_a_square_are_found(finder: FaceFinder) -> None:
    found = finder.find(scene("square"))

    for expected in _FACES:
        assert max(overlap(each.box, expected) for each in found) > 0.5
    assert all(0.65 <= each.score <= 1 for each in found)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


def test_a_large_face_survives_motion(finder: FaceFinder) -> None:
    blurred = photographed(scene("square"), motion(9, 20))

    found = finder.find(blurred)

    assert max((overlap(each.box, _FACES[2]) for each in found), default=0) > 0.5


def test_boxes_and_landmarks_are_in_photo_pixels(finder: FaceFinder) -> None:
    large = cv2.resize(scene("square"), None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)

    best = max(finder.find(large), key=lambda each: overlap(each.box, Rect(428, 848, 156, 264)))

    assert overlap(best.box, Rect(428, 848, 156, 264)) > 0.5
    assert len(best.landmarks) == 5
    assert sum(best.box.contains_point(point) for point in best.landmarks) >= 4


def test_a_street_without_people_has_no_faces(finder: FaceFinder) -> None:
    assert finder.find(scene("street")) == ()


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (700, 3), (40, 40)])
def test_odd_photos_have_no_faces(finder: FaceFinder, size: tuple[int, int]) -> None:
    assert finder.find(np.full((*size, 3), 90, np.uint8)) == ()


def test_sixteen_bits_are_seen_alike(finder: FaceFinder) -> None:
    eight = finder.find(scene("square"))
    deep = finder.find(scene("square").astype(np.uint16) * 257)

    assert [each.box for each in deep] == [each.box for each in eight]


def test_it_stops_between_steps(finder: FaceFinder) -> None:
    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        finder.find(scene("square"), stop)


def test_of_overlapping_boxes_the_surest_is_kept() -> None:
    sure, same = face(Rect(10, 10, 40, 50), 0.9), face(Rect(14, 12, 40, 50), 0.7)
    inner, other = face(Rect(20, 20, 15, 20), 0.8), face(Rect(100, 10, 40, 50), 0.66)

    assert merged([same, other, inner, sure]) == (sure, other)


def test_a_box_as_large_as_the_photo_must_be_very_sure() -> None:
    photo = Size(100, 100)

    assert is_plausible(face(Rect(0, 0, 70, 80), 0.8), photo)
    assert not is_plausible(face(Rect(0, 0, 90, 90), 0.8), photo)
    assert is_plausible(face(Rect(0, 0, 90, 90), 0.95), photo)
    assert not is_plausible(face(Rect(5, 5, 0, 9), 0.99), photo)


def test_the_oval_of_a_face_reaches_beyond_it_on_every_side() -> None:
    ellipse, feather = oval_of(face(Rect(100, 200, 40, 60)))

    assert ellipse.rect == Rect(90, 185, 60, 90)
    assert ellipse.rect.center == Point(120, 230)
    assert feather == pytest.approx(7.5)
