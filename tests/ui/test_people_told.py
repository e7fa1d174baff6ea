"""What models are told of where people are, with a finder that answers from a list."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from unblur.document.found_masks import found_mask
from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.document.region import ModelChoice, Subject
from unblur.document.shapes import FoundMask, Invert, Rectangle, WholePhoto
from unblur.errors import WeightsMissingError
from unblur.ui import heavy
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.people_told import PeopleTold
from unblur.ui.region_plans import Told
from unblur.ui.session import Session
from unblur.workers.files import FileJobs
from unblur_models import catalog
from unblur_models.card import HUMAN_AWARE, card_text

MakePhoto = Callable[..., Photo]
HUMAN = ModelChoice("custom-human", "good")


def mask_of(rect: Rect) -> FoundMask:
    mask = np.zeros((400, 600), np.float32)
    mask[rect.slices] = 1.0
    return found_mask(mask)


SOMEBODY = mask_of(Rect(100, 100, 50, 200))


class People:
    """Finds `mask`, once `gate` is open; draws as the program does."""

    def __init__(self) -> None:
        self.mask: FoundMask | None = SOMEBODY
        self.gate = threading.Event()
        self.gate.set()
        self.error: Exception | None = None
        self.searches = 0

    def find_people(
        self,
        _pixels: object,
        _is_sharp: bool,
        proceed: Callable[[], None],
    ) -> FoundMask | None:
        self.searches += 1
        assert self.gate.wait(10)
        proceed()
        if self.error is not None:
            raise self.error
        return self.mask

    draw_mask = staticmethod(heavy.draw_mask)


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture(autouse=True)
def human(own_home: Any) -> None:
    """A card of a network that is told; planning asks nothing else."""
    folder = own_home / "data/models"
    folder.mkdir(parents=True, exist_ok=True)
    card = replace(
        catalog.card(catalog.DEFAULT_MODEL_ID),
        id="custom-human",
        family="custom",
        architecture=HUMAN_AWARE,
        weights_file="custom-human.safetensors",
        qualities=(catalog.card(catalog.DEFAULT_MODEL_ID).qualities[0],),
    )
    (folder / "custom-human.toml").write_text(card_text(card))
    (folder / card.weights_file).write_bytes(b"weights")
    catalog.look_in(folder)


@pytest.fixture
def told(session: Session, people: People, qtbot: QtBot) -> Iterator[PeopleTold]:
    jobs = FileJobs()
    yield PeopleTold(session, jobs, people, lambda: False, jobs)
    people.gate.set()
    jobs.shutdown()
    jobs.deleteLater()


@pytest.fixture
def opened(session: Session, told: PeopleTold, make_photo: MakePhoto) -> OpenPhoto:
    return session.open(make_photo())


def add(opened: OpenPhoto, session: Session, *shapes: Any, **facts: Any) -> Any:
    region = replace(session.new_region(*shapes), **facts)
    opened.edit(opened.document.with_region(region), "Add Region")
    return region


def test_nobody_is_looked_for_unless_a_model_can_be_told(
    opened: OpenPhoto, session: Session, people: People, told: PeopleTold
) -> None:
    add(opened, session, WholePhoto())
    assert not told.question.is_busy
    assert people.searches == 0


def test_people_are_found_before_the_model_is_run(
    qtbot: QtBot, opened: OpenPhoto, session: Session, people: People, told: PeopleTold
) -> None:
    people.gate.clear()
    region = add(opened, session, WholePhoto(), model=HUMAN)
    assert opened.plan(region, 1) is None
    with qtbot.waitSignal(told.known):
        people.gate.set()
    plan = opened.plan(region, 1)
    assert plan is not None
    assert plan.key.people == SOMEBODY
    assert people.searches == 1


def test_the_people_region_says_where_they_are(
    qtbot: QtBot, opened: OpenPhoto, session: Session, people: People, told: PeopleTold
) -> None:
    with qtbot.waitSignal(told.known):
        region = add(opened, session, SOMEBODY, subject=Subject.PEOPLE, model=HUMAN)
    assert people.searches == 0
    drawn = replace(region, shapes=(SOMEBODY, Rectangle(Rect(0, 0, 90, 90))))
    with qtbot.waitSignal(told.known):
        session.edit_region(drawn, "Draw")
    people_there = opened.plans.people.mask
    assert people_there is not None
    assert people_there.rect == Rect(0, 0, 150, 300)
    with qtbot.waitSignal(told.known):
        opened.undo_stack.undo()
    assert opened.plans.people == Told(SOMEBODY, is_known=True)
    assert people.searches == 0


def test_people_who_are_renamed_are_the_people_still(
    qtbot: QtBot, opened: OpenPhoto, session: Session, people: People, told: PeopleTold
) -> None:
    with qtbot.waitSignal(told.known):
        region = add(opened, session, SOMEBODY, subject=Subject.PEOPLE, model=HUMAN)
    with qtbot.assertNotEmitted(told.known):
        session.edit_region(replace(region, name="Anna and Otto"), "Rename Region")
    assert not told.question.is_busy
    assert opened.plans.people == Told(SOMEBODY, is_known=True)
    assert people.searches == 0


def test_a_region_is_no_people_because_somebody_calls_it_so(
    qtbot: QtBot, opened: OpenPhoto, session: Session, people: People, told: PeopleTold
) -> None:
    with qtbot.waitSignal(told.known):
        add(opened, session, Rectangle(Rect(0, 0, 90, 90)), name="People", model=HUMAN)
    assert people.searches == 1
    assert opened.plans.people == Told(SOMEBODY, is_known=True)


def test_people_are_what_the_background_leaves_out(
    qtbot: QtBot, opened: OpenPhoto, session: Session, people: People, told: PeopleTold
) -> None:
    with qtbot.waitSignal(told.known):
        add(opened, session, SOMEBODY, Invert(), subject=Subject.BACKGROUND, model=HUMAN)
    assert people.searches == 0
    assert opened.plans.people == Told(SOMEBODY, is_known=True)


@pytest.mark.parametrize("error", [None, WeightsMissingError("yunet", "nowhere")])
def test_where_nobody_is_found_the_model_is_told_of_nobody(
    error: Exception | None,
    qtbot: QtBot,
    opened: OpenPhoto,
    session: Session,
    people: People,
    told: PeopleTold,
) -> None:
    people.mask, people.error = None, error
    with qtbot.waitSignal(told.known):
        region = add(opened, session, WholePhoto(), model=HUMAN)
    plan = opened.plan(region, 1)
    assert plan is not None
    assert plan.key.people is None


def test_another_model_in_the_same_photo_is_told_nothing(
    qtbot: QtBot, opened: OpenPhoto, session: Session, told: PeopleTold
) -> None:
    with qtbot.waitSignal(told.known):
        add(opened, session, WholePhoto(), model=HUMAN)
    other = add(opened, session, Rectangle(Rect(0, 0, 90, 90)))
    plan = opened.plan(other, 1)
    assert plan is not None
    assert plan.key.people is None
