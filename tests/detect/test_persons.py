"""People as boxes: found where they are, blurred too, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from tests.psfs import gaussian, motion, photographed, scene

from unblur.detect.boxes import overlap
from unblur.detect.persons import QUICK_SIDES, SURE_PERSON, Person, PersonFinder, merged
from unblur.document.geometry import Rect

Photo = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


@pytest.fixture(scope="module")
def finder() -> PersonFinder:
    return PersonFinder()


@pytest.fixture(scope="module")
def square() -> Photo:
    return scene("square")


@pytest.fixture(scope="module")
def people(finder: PersonFinder, square: Photo) -> tuple[Person, ...]:
    return finder.find(square)


def test_people_are_found_and_the_surest_comes_first(people: tuple[Person, ...]) -> None:
    scores = [person.score for person in people]
    assert scores[0] >= SURE_PERSON
    assert scores == sorted(scores, reverse=True)
    assert any(person.box.contains_point(Rect(107, 212, 39, 66).center) for person in people)


@pytest.mark.parametrize("psf", [motion(9, 20), gaussian(2)], ids=["motion", "gaussian"])
def test_the_same_people_are_found_when_they_are_blurred(
    finder: PersonFinder, square: Photo, people: tuple[Person, ...], psf: np.ndarray
) -> None:
    blurred = finder.find(photographed(square, psf))
    sure = [person for person in people if person.score >= SURE_PERSON]

    for person in sure:
        assert any(overlap(person.box, other.box) > 0.4 for other in blurred)


def test_nobody_is_sure_to_be_in_an_empty_street(finder: PersonFinder) -> None:
    assert all(person.score < SURE_PERSON for person in finder.find(scene("street")))


@pytest.mark.parametrize("size", [(1, 1), (30, 40), (1, 5000), (5000, 1)])
def test_nobody_is_found_in_pictures_that_are_too_small_for_anybody(
    finder: PersonFinder, size: tuple[int, int]
) -> None:
    rng = np.random.default_rng(0)
    for pixels in (np.zeros((*size, 3), np.uint8), rng.integers(0, 256, (*size, 3), np.uint8)):
        assert finder.find(pixels, sides=QUICK_SIDES) == ()


def test_boxes_lie_on_the_photo_at_any_size_and_depth(finder: PersonFinder, square: Photo) -> None:
    deep = square[:401, :333].astype(np.uint16) * np.uint16(257)
    found = finder.find(deep, sides=QUICK_SIDES)
    assert found
    for person in found:
        assert Rect(0, 0, 333, 401).contains(person.box)


def test_a_box_in_another_is_the_same_person() -> None:
    whole, legs = Person(Rect(10, 10, 50, 120), 0.9), Person(Rect(12, 80, 44, 50), 0.6)
    other = Person(Rect(200, 10, 50, 120), 0.5)
    assert merged([legs, other, whole]) == (whole, other)


def test_a_search_that_is_stopped_stops(finder: PersonFinder, square: Photo) -> None:
    def proceed() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        finder.find(square, proceed)
