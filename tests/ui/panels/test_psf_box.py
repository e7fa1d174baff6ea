"""The PSF of a region in the panel: shown, dialled, drawn, estimated, read and written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from unblur.analysis.kinds import Blur as MeasuredBlur
from unblur.analysis.kinds import BlurKind
from unblur.document.deconvolution import (
    Blur,
    Deconvolution,
    DiscBlur,
    GaussianBlur,
    MotionBlur,
    PsfOrigin,
    PsfPicture,
    levels_of,
    picture_of,
)
from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.document.region import ModelChoice, Region
from unblur.errors import Cancelled, PsfUnreadableError, PsfWriteError
from unblur.ui.panels.psf_box import PsfBox
from unblur.ui.panels.psf_dials import noise_at, position_of, size_at, smoothness_of
from unblur.ui.psf_starts import first_blur
from unblur.ui.psf_work import PsfWork
from unblur.ui.restorer import Restorer
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

MEASURED = MeasuredBlur(BlurKind.MOTION, sigma=1.2, length=14.0, angle=30.0)
ESTIMATE = picture_of(np.eye(5), PsfOrigin.ESTIMATED, 0.9)


@dataclass
class Bench:
    """A box with everything behind it."""

    box: PsfBox
    work: PsfWork
    session: Session
    client: Any
    qtbot: QtBot

    @property
    def recipe(self) -> Deconvolution:
        assert self.box.recipe is not None
        return self.box.recipe

    @property
    def undo(self) -> Callable[[], None]:
        assert self.session.current is not None
        return self.session.current.undo_stack.undo

    def begin_with(self, blur: Blur) -> None:
        region = self.session.selected_region
        assert region is not None
        choice = ModelChoice("deconvolution", "wiener", deconvolution=Deconvolution(blur))
        self.session.edit_region(replace(region, model=choice), "Change Model")

    def drags(self, *places: tuple[float, float]) -> None:
        """Over these places of the PSF, in its pixels from the top left of the frame."""
        points = [self.box.view.place_of(*place).toPoint() for place in places]
        left = Qt.MouseButton.LeftButton
        self.qtbot.mousePress(self.box.view, left, pos=points[0])
        for point in points[1:]:
            self.qtbot.mouseMove(self.box.view, point)
        self.qtbot.mouseRelease(self.box.view, left, pos=points[-1])


@pytest.fixture
def bench(
    qtbot: QtBot,
    session: Session,
    client: Any,
    restorer: Restorer,
    make_photo: Callable[..., Photo],
    rectangle: Callable[[Rect], Region],
) -> Iterator[Bench]:
    def estimate(pixels: Any, rect: Rect, proceed: Callable[[], None]) -> PsfPicture:
        proceed()
        return ESTIMATE

    jobs = FileJobs()
    work = PsfWork(session, client, jobs, estimate)
    box = PsfBox(session, restorer, work, lambda: MEASURED)
    qtbot.addWidget(box)
    session.open(make_photo())
    rectangle(Rect(50, 50, 300, 200))
    yield Bench(box, work, session, client, qtbot)
    jobs.shutdown()
    work.deleteLater()
    jobs.deleteLater()


def test_it_is_there_only_for_a_region_that_is_deconvolved(bench: Bench) -> None:
    assert bench.box.isHidden()
    bench.begin_with(DiscBlur(3))
    assert not bench.box.isHidden()
    bench.session.select(None)
    assert bench.box.isHidden()


def test_a_dial_changes_the_psf_and_a_drag_of_it_is_one_step(bench: Bench) -> None:
    bench.begin_with(MotionBlur(10, 20))
    slider = bench.box.dials.length.slider
    slider.setSliderDown(True)
    slider.setValue(position_of(20, 160))
    slider.setValue(position_of(40, 160))
    slider.setSliderDown(False)
    blur = bench.recipe.blur
    assert isinstance(blur, MotionBlur)
    assert blur.length == pytest.approx(40, abs=0.5)
    assert blur.angle == 20
    bench.undo()
    assert bench.recipe.blur == MotionBlur(10, 20)


def test_a_dial_that_is_not_touched_keeps_what_lies_between_its_steps(bench: Bench) -> None:
    bench.begin_with(MotionBlur(10.123, 20.4))
    bench.box.dials.angle.slider.setValue(90)
    assert bench.recipe.blur == MotionBlur(10.123, 90.0)


@pytest.mark.parametrize(
    ("index", "expected"),
    [(0, MotionBlur(14.0, 30.0)), (1, DiscBlur(2.4)), (2, GaussianBlur(1.2))],
)
def test_another_kind_begins_where_the_photo_was_measured(
    bench: Bench, index: int, expected: Blur
) -> None:
    bench.begin_with(GaussianBlur(5) if index != 2 else DiscBlur(5))
    bench.box.kind.setCurrentIndex(index)
    bench.box.kind.activated.emit(index)
    assert bench.recipe.blur == expected


def test_by_hand_begins_with_the_psf_that_there_is(bench: Bench) -> None:
    bench.begin_with(MotionBlur(10, 0))
    bench.box.kind.activated.emit(3)
    blur = bench.recipe.blur
    assert isinstance(blur, PsfPicture)
    assert (blur.width, blur.height, blur.origin) == (11, 1, PsfOrigin.DRAWN)


def test_a_stroke_paints_light_and_is_one_step(bench: Bench) -> None:
    bench.begin_with(DiscBlur(0))
    middle = bench.box.view.side / 2
    bench.box.draw.click()
    bench.drags((middle, middle), (middle + 2, middle), (middle + 4, middle))
    blur = bench.recipe.blur
    assert isinstance(blur, PsfPicture)
    assert blur.origin is PsfOrigin.DRAWN
    row = levels_of(blur)[blur.height // 2]
    reach = blur.width // 2
    assert (row[reach : reach + 5] > 60000).all()
    assert (row[:reach] == 0).sum() >= 3  # nothing on the other side but the edge of the pen
    bench.undo()
    assert bench.recipe.blur == DiscBlur(0)


def test_the_picture_stays_under_the_mouse_while_a_stroke_is_painted(bench: Bench) -> None:
    bench.begin_with(MotionBlur(20, 40))
    bench.box.draw.click()
    assert bench.box.dials.isHidden()
    layout = bench.box.layout()
    assert layout is not None
    layout.activate()
    before, wanted = bench.box.view.geometry(), bench.box.sizeHint()
    middle = bench.box.view.side / 2
    bench.drags((middle, middle), (middle + 3, middle))
    assert isinstance(bench.recipe.blur, PsfPicture)
    layout.activate()
    assert (bench.box.view.geometry(), bench.box.sizeHint()) == (before, wanted)


def test_a_pen_put_down_unused_brings_the_dials_back(bench: Bench) -> None:
    bench.begin_with(MotionBlur(20, 40))
    bench.box.draw.click()
    bench.box.draw.click()
    assert not bench.box.dials.isHidden()


def test_the_eraser_takes_a_speck_away_and_never_the_last_light(bench: Bench) -> None:
    weights = np.zeros((9, 9))
    weights[4, 4] = weights[4, 8] = 1
    bench.begin_with(picture_of(weights, PsfOrigin.ESTIMATED))
    middle = bench.box.view.side / 2
    bench.box.erase.click()
    bench.drags((middle + 4, middle))
    assert bench.recipe.blur == picture_of(np.ones((1, 1)), PsfOrigin.DRAWN)
    bench.drags((middle, middle), (middle + 1, middle))
    assert isinstance(bench.recipe.blur, PsfPicture)
    assert any(bench.recipe.blur.levels)


def test_dragging_in_the_picture_turns_and_stretches_a_motion(bench: Bench) -> None:
    bench.begin_with(MotionBlur(4, 0))
    middle = bench.box.view.side / 2
    bench.drags((middle, middle - 2), (middle, middle - 6))
    blur = bench.recipe.blur
    assert isinstance(blur, MotionBlur)
    assert blur.angle == pytest.approx(90, abs=3)
    assert blur.length == pytest.approx(12, abs=0.7)


def test_clear_begins_with_a_point_and_the_pen_in_hand(bench: Bench) -> None:
    bench.begin_with(MotionBlur(30, 0))
    bench.box.clear.click()
    assert bench.recipe.blur == picture_of(np.ones((1, 1)), PsfOrigin.DRAWN)
    assert bench.box.draw.isChecked()


def test_smoothness_and_linear_light_are_kept_with_the_region(bench: Bench) -> None:
    bench.begin_with(DiscBlur(3))
    bench.box.smoothness.slider.setValue(80)
    bench.box.linear.click()
    assert bench.recipe.noise == noise_at(80)
    assert bench.recipe.is_linear
    assert smoothness_of(bench.recipe.noise) == 80


def test_an_estimate_is_asked_of_the_engine_and_becomes_the_psf(bench: Bench) -> None:
    bench.begin_with(DiscBlur(3))
    bench.box.estimate.click()
    assert bench.work.is_estimating
    assert "Stop" in bench.box.estimate.text()
    (key, question) = bench.client.asked[0]
    bench.client.answered.emit(key, question())
    assert bench.recipe.blur == ESTIMATE
    assert not bench.work.is_estimating
    assert bench.box.kind.currentText() == "Estimated"
    assert bench.box.note.isHidden()  # a high confidence proves nothing
    bench.undo()
    assert bench.recipe.blur == DiscBlur(3)


def test_an_estimate_is_stopped_by_its_button(bench: Bench) -> None:
    bench.begin_with(DiscBlur(3))
    bench.box.estimate.click()
    (key, question) = bench.client.asked[0]
    bench.box.estimate.click()
    assert not bench.work.is_estimating
    with pytest.raises(Cancelled):
        question()
    bench.client.answered.emit(key, ESTIMATE)
    assert bench.recipe.blur == DiscBlur(3)


def test_a_dial_that_moves_supersedes_an_estimate(bench: Bench) -> None:
    bench.begin_with(DiscBlur(3))
    bench.box.estimate.click()
    bench.box.dials.radius.slider.setValue(100)
    assert not bench.work.is_estimating


@pytest.mark.parametrize(("confidence", "word"), [(0.4, "differ"), (0.0, "too little")])
def test_a_doubtful_estimate_says_so(bench: Bench, confidence: float, word: str) -> None:
    bench.begin_with(replace(ESTIMATE, confidence=confidence))
    assert word in bench.box.note.text()
    assert not bench.box.note.isHidden()


def test_no_estimate_begins_while_a_restoration_has_the_engine(
    bench: Bench, restorer: Restorer
) -> None:
    bench.begin_with(DiscBlur(3))
    restorer.restore()
    assert not bench.box.estimate.isEnabled()
    restorer.stop()
    assert bench.box.estimate.isEnabled()


def test_a_psf_is_saved_and_comes_back(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "shake.png"
    bench.begin_with(ESTIMATE)
    chosen = (str(path.with_suffix("")), "")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: chosen)
    bench.box.save.click()
    bench.qtbot.waitUntil(path.exists)
    bench.begin_with(DiscBlur(1))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    bench.box.load.click()
    bench.qtbot.waitUntil(lambda: bench.recipe.blur != DiscBlur(1))
    assert bench.recipe.blur == replace(ESTIMATE, origin=PsfOrigin.FILE, confidence=None)
    assert bench.box.kind.currentText() == "From a file"


def test_a_file_that_is_no_psf_is_told(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_text("hello")
    bench.begin_with(DiscBlur(1))
    with bench.qtbot.waitSignal(bench.work.failed) as told:
        bench.work.load(path)
    assert isinstance(told.args[0], PsfUnreadableError)
    assert bench.recipe.blur == DiscBlur(1)


def test_a_psf_that_cannot_be_written_is_told(bench: Bench, tmp_path: Path) -> None:
    with bench.qtbot.waitSignal(bench.work.failed) as told:
        bench.work.save(DiscBlur(2), tmp_path / "gone" / "psf.png")
    assert isinstance(told.args[0], PsfWriteError)


def test_the_picture_shows_the_psf_white_on_black(bench: Bench) -> None:
    bench.begin_with(MotionBlur(8, 0))
    image = bench.box.view.grab().toImage()
    view = bench.box.view
    y = view.height() // 2 - 3  # beside the cross
    lit = view.place_of(view.side / 2 + 2, 0).toPoint().x()
    assert image.pixelColor(QPoint(lit, y)).lightness() > 200
    assert image.pixelColor(QPoint(10, 10)).lightness() == 0


def test_dials_and_sizes_belong_together() -> None:
    assert size_at(0, 160) == 0
    assert size_at(400, 160) == 160
    for size in (0.5, 3.0, 20.0, 159.0):
        assert size_at(position_of(size, 160), 160) == pytest.approx(size, abs=0.5)


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        (MEASURED, MotionBlur(14.0, 30.0)),
        (MeasuredBlur(BlurKind.DEFOCUS, 2.5, 0.0, 0.0), DiscBlur(5.0)),
        (MeasuredBlur(BlurKind.SHARP, 0.6, 0.0, 0.0), GaussianBlur(0.6)),
        (MeasuredBlur(BlurKind.MOTION, 1.0, 900.0, 190.0), MotionBlur(160.0, 10.0)),
        (None, DiscBlur(3.0)),
    ],
)
def test_deconvolution_begins_with_what_was_measured(
    measured: MeasuredBlur | None, expected: Blur
) -> None:
    assert first_blur(measured) == expected
