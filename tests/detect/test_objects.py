from __future__ import annotations

import numpy as np
import pytest
from tests.psfs import scene

from unblur.detect.objects import Candidate, ObjectFinder, Prompt, best_of, cut_out, mask_of
from unblur.document.geometry import Point, Rect

_CAR = Point(100, 170)  # the boot of the car in front
_TREE = Point(565, 60)


@pytest.fixture(scope="module")
def finder() -> ObjectFinder:
    """Has looked at the street: that takes seconds, so once."""
    finder = ObjectFinder()
    finder.look_at(scene("street"))
    return finder


def share(candidate: Candidate, point: Point) -> float:
    height, width = candidate.coarse.shape
    return float(candidate.coarse[int(point.y * height / 448), int(point.x * width / 576)])


def test_a_click_gives_four_masks_from_small_to_large(finder: ObjectFinder) -> None:
    found = finder.candidates(Prompt((_CAR,)))

    assert len(found) == 4
    assert [each.area for each in found] == sorted(each.area for each in found)
    best = found[best_of(found)]
    assert best.score == max(each.score for each in found)
    assert share(best, _CAR) > 0.5
    assert share(best, _TREE) < 0.5


def test_a_click_beside_takes_away(finder: ObjectFinder) -> None:
    both = finder.candidates(Prompt((_CAR,)))[-1]

    less = finder.candidates(Prompt((_CAR,), outside=(Point(400, 400),)))

    assert share(less[best_of(less)], Point(400, 400)) < 0.5
    assert less[best_of(less)].area <= both.area * 1.1


def test_a_box_gives_what_is_in_it(finder: ObjectFinder) -> None:
    box = Rect(150, 100, 120, 130)

    found = finder.candidates(Prompt(box=box))

    mask = mask_of(found[best_of(found)], scene("street")) > 0.5
    rows, columns = np.nonzero(mask)
    inside = mask[box.slices].sum() / max(1, mask.sum())
    assert mask.shape == (448, 576)
    assert rows.size
    assert columns.size
    assert inside > 0.8


def test_a_prompt_that_points_at_nothing_is_refused(finder: ObjectFinder) -> None:
    with pytest.raises(ValueError, match="point or a box"):
        finder.candidates(Prompt())


def test_nothing_can_be_asked_before_a_photo_was_looked_at() -> None:
    with pytest.raises(RuntimeError):
        ObjectFinder().candidates(Prompt((_CAR,)))


def disc_photo() -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[:300, :400]
    inside = (x - 220) ** 2 + (y - 140) ** 2 < 70**2
    noise = np.random.default_rng(3).normal(0, 6, (300, 400, 3))
    pixels = np.where(inside[..., None], (190, 60, 50), (60, 110, 90)) + noise
    return np.clip(pixels, 0, 255).astype(np.uint8), inside


def test_without_weights_a_box_is_cut_out_by_its_colours() -> None:
    pixels, inside = disc_photo()

    mask = cut_out(pixels, Rect(130, 55, 185, 175)) > 0.5

    union = (mask | inside).sum()
    assert (mask & inside).sum() / union > 0.95


@pytest.mark.parametrize("box", [Rect(0, 0, 400, 300), Rect(10, 10, 0, 50), Rect(900, 900, 9, 9)])
def test_a_box_without_an_inside_or_an_outside_cuts_out_nothing(box: Rect) -> None:
    assert cut_out(disc_photo()[0], box).max() == 0.0
