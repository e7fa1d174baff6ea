"""Finding faces, with a finder that is told what to find and when."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from unblur.document.geometry import Point, Rect
from unblur.document.photo import Photo
from unblur.document.region import Subject
from unblur.document.shapes import Ellipse, Rectangle
from unblur.errors import WeightsMissingError
from unblur.ui.face_search import FaceSearch
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

MakePhoto = Callable[..., Photo]
FIRST, SECOND = Rect(20, 30, 60, 80), Rect(200, 40, 50, 70)


class Finder:
    """Finds what `faces` says, once `gate` is open; raises what it holds instead."""

    def __init__(self) -> None:
        self.faces: list[Rect] = [FIRST, SECOND]
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.error: Exception | None = None
        self.asked: list[tuple[Point, tuple[Rect, ...]]] = []

    def find_faces(
        self, _pixels: object, proceed: Callable[[], None]
    ) -> list[tuple[Ellipse, float]]:
        self._wait(proceed)
        return [(Ellipse(rect), 6.0) for rect in self.faces]

    def find_face_at(
        self, _pixels: object, place: Point, known: Sequence[Rect], proceed: Callable[[], None]
    ) -> tuple[Ellipse, float]:
        self.asked.append((place, tuple(known)))
        self._wait(proceed)
        return Ellipse(Rect(int(place.x) - 20, int(place.y) - 30, 40, 60)), 5.0

    def face_feather(self, oval: Ellipse) -> float:
        return oval.rect.width / 8

    def _wait(self, proceed: Callable[[], None]) -> None:
        self.entered.set()
        assert self.gate.wait(10)
        proceed()
        if self.error is not None:
            raise self.error


@pytest.fixture
def finder() -> Finder:
    return Finder()


@pytest.fixture
def faces(session: Session, finder: Finder, qtbot: QtBot) -> Iterator[FaceSearch]:
    jobs = FileJobs()
    yield FaceSearch(session, jobs, finder, jobs)
    finder.gate.set()
    jobs.shutdown()
    jobs.deleteLater()


def test_every_face_gets_a_region_in_one_step(
    qtbot: QtBot, session: Session, faces: FaceSearch, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    with qtbot.waitSignal(faces.found) as told:
        faces.find()
    assert told.args == [2]
    regions = opened.document.regions
    assert [region.name for region in regions] == ["Face 1", "Face 2"]
    assert [region.shapes for region in regions] == [(Ellipse(FIRST),), (Ellipse(SECOND),)]
    assert {region.feather for region in regions} == {6.0}
    assert {region.subject for region in regions} == {Subject.FACE}
    assert session.selected_region == regions[0]
    opened.undo_stack.undo()
    assert opened.document.regions == ()


def test_a_face_that_has_a_region_gets_no_second_one(
    qtbot: QtBot, session: Session, faces: FaceSearch, finder: Finder, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    with qtbot.waitSignal(faces.found):
        faces.find()
    finder.faces = [FIRST, SECOND, Rect(400, 200, 60, 80)]
    with qtbot.waitSignal(faces.found) as told:
        faces.find()
    assert told.args == [1]
    assert [region.name for region in opened.document.regions] == ["Face 1", "Face 2", "Face 3"]


def test_a_face_whose_region_was_drawn_on_gets_no_second_one(
    qtbot: QtBot, session: Session, faces: FaceSearch, finder: Finder, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    finder.faces = [FIRST]
    with qtbot.waitSignal(faces.found):
        faces.find()
    session.edit_region(opened.document.regions[0].with_shape(Rectangle(Rect(0, 0, 300, 400))), "")
    with qtbot.waitSignal(faces.found) as told:
        faces.find()
    assert told.args == [0]
    assert len(opened.document.regions) == 1


def test_an_oval_that_is_no_face_says_nothing_of_how_large_faces_are(
    qtbot: QtBot, session: Session, faces: FaceSearch, finder: Finder, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    car = session.new_region(Ellipse(Rect(300, 200, 200, 100)))
    opened.edit(opened.document.with_region(car), "Draw Ellipse")
    with qtbot.waitSignal(faces.pointing.answered):
        faces.add_at(Point(100, 100))
    assert finder.asked == [(Point(100, 100), ())]


def test_a_photo_without_faces_stays_as_it_is(
    qtbot: QtBot, session: Session, faces: FaceSearch, finder: Finder, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    finder.faces = []
    with qtbot.waitSignal(faces.found) as told:
        faces.find()
    assert told.args == [0]
    assert opened.undo_stack.count() == 0


def test_faces_go_to_the_photo_that_they_were_looked_for_in(
    qtbot: QtBot, session: Session, faces: FaceSearch, finder: Finder, make_photo: MakePhoto
) -> None:
    first = session.open(make_photo())
    finder.gate.clear()
    faces.find()
    second = session.open(make_photo(path=Path("/photos/second.png")))
    with qtbot.waitSignal(faces.found):
        finder.gate.set()
    assert len(first.document.regions) == 2
    assert second.document.regions == ()
    assert session.selected_region is None


def test_closing_the_photo_ends_the_search_silently(
    qtbot: QtBot, session: Session, faces: FaceSearch, finder: Finder, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    finder.gate.clear()
    faces.find()
    assert finder.entered.wait(5)
    session.close(opened)
    assert not faces.question.is_busy
    with qtbot.assertNotEmitted(faces.found, wait=100):
        finder.gate.set()


def test_a_search_that_is_asked_for_again_begins_anew_and_tells_once(
    qtbot: QtBot, session: Session, faces: FaceSearch, finder: Finder, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    finder.gate.clear()
    faces.find()
    assert finder.entered.wait(5)
    faces.find()
    told: list[Any] = []
    faces.found.connect(told.append)
    finder.gate.set()
    qtbot.waitUntil(lambda: told == [2])
    qtbot.wait(50)
    assert told == [2]
    assert len(opened.document.regions) == 2


def test_missing_weights_are_told(
    qtbot: QtBot, session: Session, faces: FaceSearch, finder: Finder, make_photo: MakePhoto
) -> None:
    session.open(make_photo())
    finder.error = WeightsMissingError("yunet", "nowhere")
    with qtbot.waitSignal(faces.question.failed) as told:
        faces.find()
    assert told.args == [finder.error]
    assert not faces.question.is_busy


def test_a_face_that_was_missed_is_added_with_a_click_as_one_step(
    qtbot: QtBot, session: Session, faces: FaceSearch, finder: Finder, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    with qtbot.waitSignal(faces.found):
        faces.find()
    with qtbot.waitSignal(faces.pointing.answered):
        faces.add_at(Point(420, 230))
    region = opened.document.regions[-1]
    assert finder.asked == [(Point(420, 230), (FIRST, SECOND))]
    assert (region.name, region.shapes) == ("Face 3", (Ellipse(Rect(400, 200, 40, 60)),))
    assert region.feather == 5.0
    assert session.selected_region == region
    opened.undo_stack.undo()
    assert [each.name for each in opened.document.regions] == ["Face 1", "Face 2"]


def test_a_second_click_does_not_take_back_the_first(
    qtbot: QtBot, session: Session, faces: FaceSearch, finder: Finder, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    finder.gate.clear()
    faces.add_at(Point(100, 100))
    assert finder.entered.wait(5)
    faces.add_at(Point(300, 100))
    with qtbot.waitSignal(faces.pointing.answered):
        finder.gate.set()
    centres = [each.shapes[0].rect.center.x for each in opened.document.regions]  # type: ignore[union-attr]
    assert centres == [100, 300]
    assert opened.undo_stack.count() == 2
    with qtbot.waitSignal(faces.pointing.answered):
        faces.add_at(Point(500, 100))
    assert len(opened.document.regions) == 3


def test_clicks_on_another_photo_leave_the_first_one_alone(
    qtbot: QtBot, session: Session, faces: FaceSearch, finder: Finder, make_photo: MakePhoto
) -> None:
    first = session.open(make_photo())
    finder.gate.clear()
    faces.add_at(Point(100, 100))
    assert finder.entered.wait(5)
    second = session.open(make_photo(path=Path("/photos/second.png")))
    faces.add_at(Point(300, 100))
    with qtbot.waitSignal(faces.pointing.answered):
        finder.gate.set()
    assert first.document.regions == ()
    assert len(second.document.regions) == 1


def test_an_oval_that_was_drawn_is_a_face_at_once(
    session: Session, faces: FaceSearch, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    faces.add(Ellipse(FIRST))
    (region,) = opened.document.regions
    assert (region.name, region.shapes, region.feather) == ("Face 1", (Ellipse(FIRST),), 7.5)
    assert opened.undo_stack.undoText() == "Draw Face"
