from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from unblur.document.found_masks import found_mask
from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.document.region import Subject
from unblur.document.shapes import FoundMask, WholePhoto
from unblur.imaging.masks import rasterize
from unblur.ui.people_search import PeopleSearch
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

MakePhoto = Callable[..., Photo]


class Finder:
    """Finds `mask`, and remembers whether it was told of defocus."""

    def __init__(self) -> None:
        self.mask: FoundMask | None = None
        self.told: list[bool] = []

    def __call__(self, _pixels: object, is_soft: bool, _proceed: object) -> FoundMask | None:
        self.told.append(is_soft)
        return self.mask


@pytest.fixture
def finder() -> Finder:
    return Finder()


@pytest.fixture
def somebody(finder: Finder) -> None:
    mask = np.zeros((400, 600), np.float32)
    mask[100:300, 200:320] = 1.0
    mask[100:300, 320:330] = 0.5
    finder.mask = found_mask(mask)


@pytest.fixture
def people(session: Session, finder: Finder, qtbot: QtBot) -> Iterator[PeopleSearch]:
    jobs = FileJobs()
    yield PeopleSearch(session, jobs, finder, lambda: True, jobs)
    jobs.shutdown()
    jobs.deleteLater()


@pytest.mark.usefixtures("somebody")
def test_people_and_background_share_the_photo_without_gap_or_overlap(
    qtbot: QtBot, session: Session, people: PeopleSearch, finder: Finder, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    with qtbot.waitSignal(people.found) as told:
        people.find()
    assert told.args == [True]
    assert finder.told == [True]
    background, front = opened.document.regions
    assert [background.name, front.name] == ["Background", "People"]
    size = opened.photo.size
    masks = [
        rasterize(region.shapes, region.feather, Rect.of_size(size), size)
        for region in (background, front)
    ]
    np.testing.assert_allclose(masks[0] + masks[1], 1.0, atol=1e-6)
    assert 0 < masks[1].mean() < 0.2
    assert session.selected_region == front
    opened.undo_stack.undo()
    assert opened.document.regions == ()


@pytest.mark.usefixtures("somebody")
def test_found_again_they_replace_what_was_found_before(
    qtbot: QtBot, session: Session, people: PeopleSearch, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    for _ in range(2):
        with qtbot.waitSignal(people.found):
            people.find()
    assert [region.name for region in opened.document.regions] == ["Background", "People"]


@pytest.mark.usefixtures("somebody")
def test_what_was_found_before_is_known_by_what_it_is_and_not_by_its_name(
    qtbot: QtBot, session: Session, people: PeopleSearch, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    namesake = replace(session.new_region(WholePhoto()), name="Background")
    opened.edit(opened.document.with_region(namesake), "Add Region")
    with qtbot.waitSignal(people.found):
        people.find()
    front = opened.document.regions[-1]
    session.edit_region(replace(front, name="Anna"), "Rename Region")
    with qtbot.waitSignal(people.found):
        people.find()
    regions = opened.document.regions
    assert [region.name for region in regions] == ["Background", "Background", "People"]
    assert [region.subject for region in regions] == [None, Subject.BACKGROUND, Subject.PEOPLE]
    assert regions[0] == namesake


def test_where_nobody_is_nothing_changes(
    qtbot: QtBot, session: Session, people: PeopleSearch, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    with qtbot.waitSignal(people.found) as told:
        people.find()
    assert told.args == [False]
    assert opened.undo_stack.count() == 0
