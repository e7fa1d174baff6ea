"""What the window says about the blur, with a measurement that is told what to find."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from unblur import paths
from unblur.analysis.advice import Advice
from unblur.analysis.blur_map import BlurMap
from unblur.analysis.caution import Caution
from unblur.analysis.kinds import Blur, BlurKind
from unblur.analysis.measurement import Measurement
from unblur.document.geometry import Rect, Size
from unblur.document.photo import Photo
from unblur.document.region import Region, Scale
from unblur.ui.actions import Actions
from unblur.ui.blur_looks import BlurLooks
from unblur.ui.icons import IconSet
from unblur.ui.panels.blur_box import BlurBox
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

MakePhoto = Callable[..., Photo]
SECOND = Path("/photos/second.png")
ADVICE = Advice("This photo is blurred.", "maxim-3s.gopro", "good", Scale.HALF)


class Look:
    """Sees what it is told to, once `gate` is open."""

    def __init__(self) -> None:
        self.advice = ADVICE
        self.caution = Caution()
        self.error: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.calls = 0

    def __call__(
        self, pixels: np.ndarray, proceed: Callable[[], None]
    ) -> tuple[Measurement, Advice, bool, Caution]:
        self.calls += 1
        assert self.gate.wait(10)
        proceed()
        if self.error is not None:
            raise self.error
        cells = np.full((50, 75), 3.0, np.float32)
        blur = Blur(BlurKind.MOTION, 1.0, 12.0, 30.0)
        photo = Size(pixels.shape[1], pixels.shape[0])
        measured = Measurement(photo, blur, 1.0, BlurMap(cells, cells / 3, 8))
        return measured, self.advice, True, self.caution


@pytest.fixture
def look() -> Look:
    return Look()


@pytest.fixture
def looks(session: Session, look: Look, qtbot: QtBot) -> Iterator[BlurLooks]:
    jobs = FileJobs()
    yield BlurLooks(session, jobs, look, jobs)
    look.gate.set()
    jobs.shutdown()
    jobs.deleteLater()


@pytest.fixture
def box(qtbot: QtBot, session: Session, looks: BlurLooks) -> BlurBox:
    icons = IconSet(paths.resources_dir() / "icons")
    widget = BlurBox(session, looks, Actions(icons, looks))
    qtbot.addWidget(widget)
    return widget


def test_a_photo_is_looked_at_once_and_remembered(
    qtbot: QtBot, session: Session, looks: BlurLooks, look: Look, make_photo: MakePhoto
) -> None:
    first = session.open(make_photo())
    qtbot.waitUntil(lambda: looks.advice == ADVICE)
    session.open(make_photo(path=SECOND))
    qtbot.waitUntil(lambda: look.calls == 2 and not looks.is_looking)
    session.show(first)
    assert looks.advice == ADVICE
    assert look.calls == 2


def test_what_was_seen_belongs_to_its_own_photo(
    qtbot: QtBot, session: Session, looks: BlurLooks, look: Look, make_photo: MakePhoto
) -> None:
    first = session.open(make_photo())
    qtbot.waitUntil(lambda: looks.advice is not None)
    look.gate.clear()
    session.open(make_photo(path=SECOND))
    assert looks.advice is None
    assert looks.is_looking
    session.show(first)
    assert looks.advice == ADVICE
    assert not looks.is_looking


def test_closing_ends_the_look(
    qtbot: QtBot, session: Session, looks: BlurLooks, look: Look, make_photo: MakePhoto
) -> None:
    look.gate.clear()
    opened = session.open(make_photo())
    session.close(opened)
    assert not looks.is_looking
    with qtbot.assertNotEmitted(looks.known, wait=100):
        look.gate.set()


def test_the_advice_goes_to_the_selected_region(
    qtbot: QtBot,
    session: Session,
    looks: BlurLooks,
    make_photo: MakePhoto,
    rectangle: Callable[[Rect], Region],
) -> None:
    opened = session.open(make_photo())
    qtbot.waitUntil(lambda: looks.advice is not None)
    rectangle(Rect(10, 10, 90, 60))
    looks.apply()
    (region,) = opened.document.regions
    assert (region.model.quality, region.model.scale) == ("good", Scale.AUTO)
    opened.undo_stack.undo()
    assert opened.document.regions[0].model.scale is Scale.AUTO


def test_without_a_region_the_advice_makes_one_of_the_whole_photo(
    qtbot: QtBot, session: Session, looks: BlurLooks, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    qtbot.waitUntil(lambda: looks.advice is not None)
    looks.apply()
    (region,) = opened.document.regions
    assert region.is_whole_photo
    assert region.model.quality == "good"


def test_the_box_says_it_and_offers_it_until_it_is_followed(
    qtbot: QtBot, session: Session, looks: BlurLooks, box: BlurBox, look: Look,
    make_photo: MakePhoto,
) -> None:  # fmt: skip
    assert box.isHidden()
    look.gate.clear()
    session.open(make_photo())
    assert box.words.text() == "Looking at the blur…"
    look.gate.set()
    qtbot.waitUntil(lambda: box.words.text() == ADVICE.sentence)
    assert box.use.isEnabled()
    box.use.click()
    assert not box.use.isEnabled()


def test_nothing_below_moves_when_the_sentence_comes(
    qtbot: QtBot, session: Session, box: BlurBox, look: Look, make_photo: MakePhoto
) -> None:
    look.gate.clear()
    session.open(make_photo())
    box.resize(250, 50)
    while_waiting = box.layout().totalHeightForWidth(250)
    look.gate.set()
    qtbot.waitUntil(lambda: box.words.text() == ADVICE.sentence)
    assert box.layout().totalHeightForWidth(250) == while_waiting


def test_a_sharp_photo_is_said_to_be_and_nothing_is_offered(
    qtbot: QtBot, session: Session, box: BlurBox, look: Look, make_photo: MakePhoto
) -> None:
    look.advice = Advice("This photo is sharp already.")
    session.open(make_photo())
    qtbot.waitUntil(lambda: box.words.text() == "This photo is sharp already.")
    assert box.use.isHidden()


@pytest.mark.allow_log("Unexpected failure while looking")
def test_a_look_that_fails_leaves_no_box_behind(
    qtbot: QtBot, session: Session, looks: BlurLooks, box: BlurBox, look: Look,
    make_photo: MakePhoto,
) -> None:  # fmt: skip
    look.error = ValueError("no")
    session.open(make_photo())
    qtbot.waitUntil(lambda: not looks.is_looking)
    assert box.isHidden()
