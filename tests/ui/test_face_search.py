"""Finding faces, with a finder that is told what to find and when."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.document.shapes import Ellipse
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
        self.calls = 0

    def __call__(self, _pixels: object, proceed: Callable[[], None]) -> list[tuple[Ellipse, float]]:
        self.calls += 1
        self.entered.set()
        assert self.gate.wait(10)
        proceed()
        if self.error is not None:
            raise self.error
        return [(Ellipse(rect), 6.0) for rect in self.faces]


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
