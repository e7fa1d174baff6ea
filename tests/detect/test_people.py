from __future__ import annotations

import numpy as np
import pytest
from tests.psfs import scene

from unblur.detect.faces import Face, FaceFinder
from unblur.detect.people import PeopleFinder, PeopleMethod, groups, prompt_for
from unblur.document.geometry import Point, Rect, Size

_BOX = Rect(107, 212, 39, 66)  # the man in the corner of the square


def face(box: Rect) -> Face:
    return Face(box, (box.center,) * 5, 0.9)


@pytest.fixture(scope="module")
def corner() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The part of the square with the man in front, who is seen down to his chest."""
    return np.ascontiguousarray(scene("square")[190:448, 30:290])


@pytest.mark.parametrize("method", list(PeopleMethod))
def test_each_method_tells_the_man_from_the_square(
    corner: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], method: PeopleMethod
) -> None:
    faces = FaceFinder().find(corner)
    assert faces

    mask = PeopleFinder().find(corner, faces, method)

    assert mask.shape == corner.shape[:2]
    assert mask.dtype == np.float32
    assert mask[50:70, 88:105].mean() > 0.8  # his face
    assert mask[5:60, 220:].mean() < 0.3  # the ground behind him


def test_without_faces_nobody_is_seen() -> None:
    mask = PeopleFinder().find(scene("street"), (), PeopleMethod.MATTING)

    assert mask.shape == (448, 576)
    assert mask.max() == 0.0


def test_the_chest_is_asked_for_where_it_is_on_the_photo() -> None:
    photo = Rect(0, 0, 400, 400)
    high, low = face(Rect(100, 50, 40, 60)), face(Rect(100, 300, 40, 60))

    assert prompt_for(high, photo).inside == (Point(120, 80), Point(120, 200))
    assert prompt_for(low, photo).inside == (Point(120, 330),)


def test_groups_are_parts_of_the_mask_that_have_a_face() -> None:
    mask = np.zeros((100, 200), np.float32)
    mask[20:90, 10:60] = mask[40:60, 100:120] = mask[10:30, 150:190] = 1.0
    photo = Size(400, 200)

    found = groups(mask, (face(Rect(60, 60, 20, 20)), face(Rect(310, 30, 20, 20))), photo)

    assert found == (Rect(20, 40, 100, 140), Rect(300, 20, 80, 40))
