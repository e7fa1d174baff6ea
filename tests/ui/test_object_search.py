"""Pointing at things, with a finder that answers from a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from unblur.document.found_masks import found_mask
from unblur.document.geometry import Point, Rect
from unblur.document.photo import Photo
from unblur.document.shapes import FoundMask
from unblur.ui.object_search import Found, ObjectSearch
from unblur.ui.session import Session
from unblur.ui.tools.thing import Pointing
from unblur.workers.files import FileJobs

MakePhoto = Callable[..., Photo]


def mask_of(size: int) -> FoundMask:
    mask = np.zeros((400, 600), np.float32)
    mask[:size, :size] = 1.0
    return found_mask(mask)


class Things:
    """Three candidates for everything; what it was asked is kept."""

    def __init__(self) -> None:
        self.asked: list[tuple[Sequence[Point], Sequence[Point], Rect | None]] = []
        self.prepared = 0
        self.is_blind = False

    def prepare(self, _photo: Photo, _proceed: object) -> None:
        self.prepared += 1

    def find(
        self,
        _photo: Photo,
        inside: Sequence[Point],
        outside: Sequence[Point],
        box: Rect | None,
        _proceed: object,
    ) -> Found:
        self.asked.append((tuple(inside), tuple(outside), box))
        return Found((1, 2, 3), 1, None if self.is_blind else mask_of(10 * len(self.asked)))

    def choose(self, _pixels: object, found: Found, index: int, _proceed: object) -> Found:
        return Found(found.candidates, index, mask_of(100 + index))


@pytest.fixture
def things() -> Things:
    return Things()


@pytest.fixture
def objects(session: Session, things: Things, qtbot: QtBot) -> Iterator[ObjectSearch]:
    jobs = FileJobs()
    yield ObjectSearch(session, jobs, things, jobs)
    jobs.shutdown()
    jobs.deleteLater()


@pytest.fixture
def point(qtbot: QtBot, objects: ObjectSearch) -> Callable[..., None]:
    """Point somewhere and wait for the answer."""

    def point(x: float, y: float, **how: bool) -> None:
        with qtbot.waitSignal(objects.question.answered):
            objects.point(Pointing(Point(x, y), **how))

    return point


def test_a_click_makes_a_region_of_the_thing(
    session: Session, point: Callable[..., None], make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    point(30, 40)
    (region,) = opened.document.regions
    assert (region.name, region.shapes) == ("Object 1", (mask_of(10),))
    assert session.selected_region == region
    opened.undo_stack.undo()
    assert opened.document.regions == ()


def test_more_clicks_say_better_which_thing_is_meant(
    session: Session, things: Things, point: Callable[..., None], make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    point(30, 40)
    point(50, 60)
    point(90, 90, is_outside=True)
    assert things.asked[-1] == ((Point(30, 40), Point(50, 60)), (Point(90, 90),), None)
    (region,) = opened.document.regions
    assert region.shapes == (mask_of(30),)
    assert opened.undo_stack.count() == 3


def test_another_thing_begins_with_shift_or_when_its_region_is_not_selected(
    session: Session, things: Things, point: Callable[..., None], make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    point(30, 40)
    point(300, 200, is_other=True)
    session.select(None)
    point(500, 300)
    assert [asked[0] for asked in things.asked] == [
        (Point(30, 40),), (Point(300, 200),), (Point(500, 300),)
    ]  # fmt: skip
    names = [region.name for region in opened.document.regions]
    assert names == ["Object 1", "Object 2", "Object 3"]


def test_parts_of_the_thing_are_stepped_through(
    qtbot: QtBot,
    session: Session,
    objects: ObjectSearch,
    point: Callable[..., None],
    make_photo: MakePhoto,
) -> None:
    opened = session.open(make_photo())
    objects.step(1)  # nothing to step through yet
    assert not objects.question.is_busy
    point(30, 40)
    with qtbot.waitSignal(objects.question.answered):
        objects.step(1)
    assert opened.document.regions[0].shapes == (mask_of(102),)
    objects.step(1)  # it is the largest
    assert not objects.question.is_busy
    with qtbot.waitSignal(objects.question.answered):
        objects.step(-1)
    assert opened.document.regions[0].shapes == (mask_of(101),)


def test_a_box_asks_anew(
    qtbot: QtBot, session: Session, objects: ObjectSearch, things: Things, make_photo: MakePhoto
) -> None:
    session.open(make_photo())
    with qtbot.waitSignal(objects.question.answered):
        objects.point(Pointing(box=Rect(5, 6, 70, 80), is_other=True))
    assert things.asked == [((), (), Rect(5, 6, 70, 80))]


def test_where_nothing_is_nothing_changes(
    qtbot: QtBot, session: Session, objects: ObjectSearch, things: Things, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    things.is_blind = True
    with qtbot.waitSignal(objects.missed):
        objects.point(Pointing(Point(3, 4)))
    assert opened.undo_stack.count() == 0


def test_looking_ahead_changes_nothing(
    qtbot: QtBot, session: Session, objects: ObjectSearch, things: Things, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    with qtbot.waitSignal(objects.question.answered):
        objects.prepare()
    assert things.prepared == 1
    assert opened.undo_stack.count() == 0
