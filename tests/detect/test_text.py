"""Writing is found where it is; what looks like none is none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.psfs import motion, photographed, scene
from tests.writing import PLACE, written

from unblur.detect.networks import Floats, Network
from unblur.detect.text import TextFinder, TextLine, agreed, lines_in, merged
from unblur.document.geometry import Point, Rect, Size
from unblur.document.shapes import Lasso
from unblur.errors import Cancelled
from unblur.imaging.opencv import cv2

PHOTO = Size(400, 300)


@pytest.fixture(scope="module")
def finder() -> TextFinder:
    return TextFinder()


def covers(line: TextLine, place: Rect) -> bool:
    """Whether a line lies on most of a place, and on little else."""
    shared = line.box.intersected(place).size.area
    return shared > 0.7 * max(place.size.area, line.box.size.area)


def line(box: Rect, score: float = 0.9) -> TextLine:
    corners = [(box.left, box.top), (box.right, box.top)]
    corners += [(box.right, box.bottom), (box.left, box.bottom)]
    outline = Lasso(tuple(Point(float(x), float(y)) for x, y in corners))
    return TextLine(outline, box, float(min(box.size)), float(max(box.size)), score)


@pytest.mark.parametrize("name", ["street", "square"])
def test_a_line_is_found_where_it_was_written(finder: TextFinder, name: str) -> None:
    (found,) = finder.find(written(name))

    assert covers(found, PLACE)
    assert found.height == pytest.approx(32, abs=5)
    assert found.length == pytest.approx(PLACE.width, rel=0.1)
    assert 0.9 < found.score <= 1


@pytest.mark.parametrize("name", ["street", "square"])
def test_photographs_without_writing_have_none(finder: TextFinder, name: str) -> None:
    assert finder.find(scene(name)) == ()


def test_it_survives_motion_that_makes_it_hard_to_read(finder: TextFinder) -> None:
    (found,) = finder.find(photographed(written("street"), motion(11, 20)))

    assert covers(found, PLACE)


def test_the_outline_turns_with_the_line(finder: TextFinder) -> None:
    turn = cv2.getRotationMatrix2D(PLACE.center, 15.0, 1.0)
    size = (576, 448)
    photo = cv2.warpAffine(written("street"), turn, size, borderMode=cv2.BORDER_REFLECT)

    (found,) = finder.find(photo)

    first, second, third, _ = found.outline.points
    sides = ((first, second), (second, third))
    (x, y), (u, v) = max(sides, key=lambda side: math.dist(*side))
    assert math.degrees(math.atan2(v - y, u - x)) % 180 == pytest.approx(165, abs=3)
    assert found.height == pytest.approx(32, abs=6)
    assert found.box.height > 2 * found.height


def test_places_are_in_photo_pixels(finder: TextFinder) -> None:
    large = cv2.resize(written("street"), None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)

    (found,) = finder.find(large)

    assert covers(found, PLACE.enlarged_by(4))
    assert found.height == pytest.approx(116, abs=16)


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (700, 3), (40, 40), (33, 2000)])
def test_odd_photos_have_none(finder: TextFinder, size: tuple[int, int]) -> None:
    assert finder.find(np.full((*size, 3), 90, np.uint8)) == ()


def test_depths_are_seen_alike(finder: TextFinder) -> None:
    eight = written("square")
    (found,) = finder.find(eight)

    (deep,) = finder.find(eight.astype(np.uint16) * 257)
    assert deep.box == found.box
    (grey,) = finder.find(np.repeat(eight[..., 1:2].astype(np.float32) / 255, 3, axis=2))
    assert covers(grey, PLACE)


def test_it_stops_between_the_copies(finder: TextFinder) -> None:
    asked = []

    def stop_the_second_time() -> None:
        asked.append(1)
        if len(asked) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        finder.find(written("street"), stop_the_second_time)


def test_the_larger_copy_is_looked_at_where_the_smaller_shows_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sides: list[int] = []
    run = Network.run

    def counted(network: Network, blob: Floats) -> list[Floats]:
        sides.append(blob.shape[3])
        return run(network, blob)

    monkeypatch.setattr(Network, "run", counted)
    TextFinder().find(scene("street"))
    assert sides == [480]
    TextFinder().find(written("street"))
    assert sides == [480, 480, 576]


def bars(*rects: Rect, value: float = 0.95) -> np.ndarray:
    """A map of the network with middles in these rectangles."""
    probability = np.zeros((150, 200), np.float32)
    for rect in rects:
        probability[rect.slices] = value
    return probability


def test_a_middle_is_grown_to_its_line_in_photo_pixels() -> None:
    (found,) = lines_in(bars(Rect(40, 60, 81, 11)), PHOTO)

    # 80 × 10 between the middles of its outermost pixels, and 1.5 · 800 / 90 more of each.
    assert found.height == pytest.approx(2 * (10 + 40 / 3))
    assert found.length == pytest.approx(2 * (80 + 40 / 3))
    assert found.box.center == pytest.approx((161, 131), abs=1)
    assert found.score == pytest.approx(0.95)


def test_what_is_no_bar_is_no_line() -> None:
    round_one = bars()
    cv2.circle(round_one, (100, 70), 12, 0.99, cv2.FILLED)
    ring = bars(Rect(40, 60, 80, 3), Rect(40, 60, 3, 60))

    assert lines_in(round_one, PHOTO) == []
    assert lines_in(ring, PHOTO) == []
    assert lines_in(bars(Rect(10, 10, 180, 60)), PHOTO) == []  # letters as tall as that
    assert lines_in(bars(Rect(40, 60, 80, 2)), PHOTO) == []
    assert lines_in(bars(Rect(40, 60, 81, 11), value=0.5), PHOTO) == []


def test_boxes_lie_on_the_photo() -> None:
    (found,) = lines_in(bars(Rect(0, 0, 81, 11)), PHOTO)

    assert found.box.intersected(Rect.of_size(PHOTO)) == found.box
    assert min(y for _, y in found.outline.points) < 0


def test_lines_must_be_seen_twice_unless_they_are_sure_and_long() -> None:
    twice, again = line(Rect(10, 10, 60, 20)), line(Rect(12, 10, 62, 22))
    once = line(Rect(10, 100, 90, 20))
    sure, short = line(Rect(10, 200, 90, 20), 0.98), line(Rect(200, 200, 50, 20), 0.98)

    assert agreed([[twice, once, sure, short], [again]]) == [twice, sure, again]


def test_a_line_that_was_seen_twice_is_there_once() -> None:
    sure, same = line(Rect(10, 10, 60, 20), 0.95), line(Rect(12, 10, 62, 22))
    part, other = line(Rect(15, 12, 20, 10)), line(Rect(10, 100, 90, 20), 0.7)

    assert merged([other, same, part, sure]) == (sure, other)
