"""Which writing is too blurred to be read: its letters are compared with the blur where it is."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.psfs import motion, photographed, scene

from unblur.analysis.caution import Caution, is_blurred, is_unreadable, lost_text
from unblur.analysis.measurement import Measurement, measure
from unblur.document.geometry import Point, Rect, Size
from unblur.document.shapes import Lasso
from unblur.errors import Cancelled

SENTENCE = "Some writing is hardly readable: what a model writes there may be invented."


@dataclass(frozen=True)
class Written:
    """A level line of text."""

    box: Rect

    @property
    def outline(self) -> Lasso:
        left, top, right, bottom = map(
            float, (self.box.left, self.box.top, self.box.right, self.box.bottom)
        )
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        return Lasso(tuple(Point(x, y) for x, y in corners))

    @property
    def height(self) -> float:
        return float(self.box.height)


SMALL, TALL = Written(Rect(300, 60, 120, 14)), Written(Rect(60, 200, 300, 60))


def test_letters_need_four_details_across() -> None:
    assert is_unreadable(23.9, 10.0)
    assert not is_unreadable(24.1, 10.0)


def test_only_lines_that_are_small_against_the_blur_are_lost() -> None:
    moved = photographed(scene("street"), motion(11, 30))

    assert lost_text(moved, measure(moved), (SMALL, TALL)) == (SMALL.box,)


def test_on_a_sharp_photo_no_writing_is_lost() -> None:
    tiny = Written(Rect(300, 60, 20, 2))

    assert lost_text(scene("street"), measure(scene("street")), (tiny, SMALL)) == ()


def test_a_photo_is_blurred_when_a_part_of_it_is() -> None:
    sharp = measure(scene("street"))
    partly = Measurement(sharp.photo, sharp.blur, sharp.noise, None, is_partly_blurred=True)

    assert not is_blurred(sharp)
    assert is_blurred(partly)
    assert is_blurred(measure(photographed(scene("street"), motion(11, 30))))
    assert not is_blurred(Measurement(Size(9, 9), None, 0.0, None))


def test_it_stops_between_lines() -> None:
    moved = photographed(scene("street"), motion(11, 30))
    known = measure(moved)

    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        lost_text(moved, known, (SMALL,), stop)


def test_it_is_said_once_after_what_is_said_of_faces() -> None:
    boxes = (SMALL.box, TALL.box)

    assert Caution(lost_text=boxes).sentence == SENTENCE
    assert Caution(lost_faces=boxes, lost_text=boxes).sentence.endswith(f"invented. {SENTENCE}")
    assert Caution().sentence == ""
