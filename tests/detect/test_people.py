from __future__ import annotations

import numpy as np
import pytest
from tests.psfs import scene

from unblur.detect.faces import Face, FaceFinder
from unblur.detect.people import PeopleFinder, PeopleMethod, groups, method_for, prompt_for
from unblur.detect.persons import Person, PersonFinder
from unblur.detect.presence import Present, present
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
    there = Present(FaceFinder().find(corner))
    assert there.faces

    mask = PeopleFinder().find(corner, there, method)

    assert mask.shape == corner.shape[:2]
    assert mask.dtype == np.float32
    assert mask[50:70, 88:105].mean() > 0.8  # his face
    assert mask[5:60, 220:].mean() < 0.3  # the ground behind him


def test_people_without_a_face_to_see_are_found_by_their_figures() -> None:
    square = scene("square")
    persons = present((), PersonFinder().find(square))
    walkers = [each for each in persons.persons if each.box.height < 200]
    assert walkers

    mask = PeopleFinder().find(square, Present((), tuple(walkers)), PeopleMethod.ONE_BY_ONE)

    for walker in walkers:
        assert mask[walker.box.slices].mean() > 0.25
    assert mask[:60].mean() < 0.02  # the houses and the sky


def test_everybody_has_a_box_and_a_face_in_a_figure_is_the_same_person() -> None:
    square = scene("square")
    figure = Person(Rect(60, 180, 140, 268), 0.9)
    inside, alone = face(_BOX), face(Rect(400, 20, 30, 40))
    there = Present((inside, alone), (figure,))

    assert there.faces_alone == (alone,)
    boxes = PeopleFinder().boxes(square, Present((inside,), (figure,)))
    assert boxes == (figure.box,)
    assert len(PeopleFinder().boxes(square, Present((inside,)))) == 1


def test_figures_count_where_somebody_is_for_sure() -> None:
    likely, sure = Person(Rect(0, 0, 20, 40), 0.5), Person(Rect(50, 0, 20, 40), 0.75)
    doubtful = Face(Rect(0, 0, 9, 9), (Point(4.0, 4.0),) * 5, 0.7)

    assert not present((), (likely,)).is_anybody
    assert not present((doubtful,), (likely,)).is_anybody
    assert present((), (sure, likely)).persons == (sure, likely)
    assert present((face(_BOX),), (likely,)).persons == (likely,)


def test_hair_is_followed_in_sharp_portraits_alone() -> None:
    photo = Size(600, 400)
    near, far = Present((face(Rect(9, 9, 50, 60)),)), Present((face(Rect(9, 9, 20, 30)),))

    assert method_for(near, photo, is_sharp=True) is PeopleMethod.MATTING
    assert method_for(near, photo, is_sharp=False) is PeopleMethod.ONE_BY_ONE
    assert method_for(far, photo, is_sharp=True) is PeopleMethod.ONE_BY_ONE
    assert method_for(Present(), photo, is_sharp=True) is PeopleMethod.ONE_BY_ONE


def test_where_nobody_is_nobody_is_seen() -> None:
    mask = PeopleFinder().find(scene("street"), Present(), PeopleMethod.MATTING)

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
