"""The automatic work scale: by the blur of each region, and settled once it was restored."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from unblur.analysis.advice import Advice
from unblur.analysis.kinds import Blur, BlurKind
from unblur.analysis.measurement import Measurement
from unblur.document.geometry import Rect, Size
from unblur.document.region import ModelChoice, Region, RegionId, Scale
from unblur.document.shapes import Rectangle, Shape, WholePhoto
from unblur.ui.blur_looks import BlurLooks
from unblur.ui.panels.region_options import RegionOptions
from unblur.ui.psf_starts import first_blur
from unblur.ui.region_blurs import RegionBlurs
from unblur.ui.region_scales import RegionScales
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

FACE = (Rectangle(Rect(20, 20, 100, 80)),)
WHOLE = (WholePhoto(),)
LARGE = Size(6000, 4000)


def region(shapes: tuple[Shape, ...] = FACE, scale: Scale = Scale.AUTO) -> Region:
    return Region(RegionId("r"), "Region", shapes, ModelChoice("maxim-3s.gopro", "draft", scale))


def factor(scales: RegionScales, of: Region) -> int:
    return scales.factor(of, is_accelerated=False)


def test_a_region_is_worked_on_at_the_scale_of_its_blur() -> None:
    scales = RegionScales(LARGE)
    assert factor(scales, region()) == 1
    scales.learn(WHOLE, 40.0)
    assert factor(scales, region()) == 2  # until its own blur is known
    scales.learn(FACE, 70.0)
    assert factor(scales, region()) == 4
    assert factor(scales, region(scale=Scale.FULL)) == 1


def test_what_cannot_be_told_leaves_the_decision_to_the_waiting_time() -> None:
    scales = RegionScales(LARGE)
    scales.learn(FACE, None)
    scales.learn(WHOLE, None)

    assert factor(scales, region()) == 1
    assert factor(scales, region(WHOLE)) == 4
    assert scales.factor(region(WHOLE), is_accelerated=True) == 1


def test_the_waiting_time_goes_no_further_than_the_blur_shows() -> None:
    scales = RegionScales(LARGE)
    scales.learn(WHOLE, 12.0)

    assert factor(scales, region(WHOLE)) == 2


def test_the_scale_at_which_a_region_was_restored_stays() -> None:
    scales = RegionScales(LARGE)
    scales.learn(FACE, 40.0)
    assert factor(scales, region()) == 2
    scales.settle(region(), 4)  # a first look
    scales.settle(region(), 2)
    scales.learn(FACE, 100.0)
    assert factor(scales, region()) == 2
    assert factor(scales, region(scale=Scale.QUARTER)) == 4


def test_a_scale_that_was_chosen_does_not_become_the_automatic_one() -> None:
    scales = RegionScales(LARGE)
    scales.learn(FACE, 40.0)
    factor(scales, region())
    scales.settle(region(scale=Scale.FULL), 1)

    assert factor(scales, region()) == 2


class Spans:
    """The blur of whatever is asked for, and a gate that holds the answer back."""

    def __init__(self) -> None:
        self.asked: list[tuple[Shape, ...]] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(
        self, _pixels: object, shapes: tuple[Shape, ...], _measured: object,
        proceed: Callable[[], None],
    ) -> float | None:  # fmt: skip
        self.asked.append(shapes)
        self.gate.wait(5)
        proceed()
        return 10.0 if shapes == WHOLE else 50.0


@pytest.fixture
def spans() -> Spans:
    return Spans()


@pytest.fixture
def blurs(session: Session, spans: Spans, qtbot: QtBot) -> Iterator[RegionBlurs]:
    def look(pixels: np.ndarray, _proceed: object) -> tuple[Measurement, Advice, bool]:
        photo = Size(pixels.shape[1], pixels.shape[0])
        return Measurement(photo, Blur(BlurKind.MOTION, 0.6, 10.0), 1.0, None), Advice("."), False

    jobs = FileJobs()
    looks = BlurLooks(session, jobs, look, jobs)
    yield RegionBlurs(session, jobs, looks, spans, jobs)
    spans.gate.set()
    jobs.shutdown()
    jobs.deleteLater()


def test_a_new_region_is_looked_at_once_and_its_scale_follows(
    qtbot: QtBot, session: Session, blurs: RegionBlurs, spans: Spans,
    make_photo: Callable[..., object], rectangle: Callable[[Rect], Region],
) -> None:  # fmt: skip
    opened = session.open(make_photo())  # type: ignore[arg-type]
    made = rectangle(FACE[0].rect)
    qtbot.waitUntil(lambda: opened.plans.scales.knows(made.shapes))
    assert opened.plans.factor(made, is_accelerated=False) == 4
    assert opened.plans.factor(region(WHOLE), is_accelerated=False) == 1
    session.edit_region(replace(made, strength=0.4), "Change Strength")
    blurs.look()
    assert sorted(spans.asked, key=len) in ([WHOLE, made.shapes], [made.shapes, WHOLE])


def test_a_stroke_more_makes_the_earlier_question_void(
    qtbot: QtBot, session: Session, blurs: RegionBlurs, spans: Spans,
    make_photo: Callable[..., object], rectangle: Callable[[Rect], Region],
) -> None:  # fmt: skip
    opened = session.open(make_photo())  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: opened.plans.scales.knows(WHOLE))
    spans.gate.clear()
    made = rectangle(FACE[0].rect)
    more = made.with_shape(Rectangle(Rect(200, 20, 50, 50)))
    session.edit_region(more, "Paint")
    spans.gate.set()
    qtbot.waitUntil(lambda: opened.plans.scales.knows(more.shapes))
    assert not opened.plans.scales.knows(made.shapes)


def test_the_panel_says_what_automatic_comes_to(
    qtbot: QtBot, session: Session, blurs: RegionBlurs,
    make_photo: Callable[..., object], rectangle: Callable[[Rect], Region],
) -> None:  # fmt: skip
    options = RegionOptions(session, lambda: first_blur(None))
    qtbot.addWidget(options)
    blurs.known.connect(options.refresh_scale)
    session.open(make_photo())  # type: ignore[arg-type]
    rectangle(FACE[0].rect)
    combos = options.findChildren(QComboBox)
    scale = next(each for each in combos if each.accessibleName() == "Work scale")
    qtbot.waitUntil(lambda: scale.currentText() == "Automatic: 1/4")
    assert scale.currentData() == Scale.AUTO
