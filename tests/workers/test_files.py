from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from unblur.document.photo import Photo
from unblur.errors import (
    ImageDiskFullError,
    ImageMissingError,
    ImageUnsupportedError,
    ImageWriteError,
)
from unblur.workers.files import FileJobs

PATH = Path("photo.png")


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[FileJobs]:
    jobs = FileJobs()
    yield jobs
    jobs.shutdown()


def _photo() -> Photo:
    return Photo(np.zeros((1, 1, 3), np.uint8), "fingerprint")


class Listener(QObject):
    def __init__(self, jobs: FileJobs) -> None:
        super().__init__()
        self.threads: list[int] = []
        self.shares: list[tuple[Path, float]] = []
        jobs.opened.connect(self._on_opened)
        jobs.exported.connect(self._on_exported)
        jobs.export_progressed.connect(self._on_export_progressed)

    @Slot(object)
    def _on_opened(self, _: Photo) -> None:
        self.threads.append(threading.get_ident())

    @Slot(object, object)
    def _on_exported(self, _: Path, report: object) -> None:
        self.threads.append(threading.get_ident())

    @Slot(object, float)
    def _on_export_progressed(self, path: Path, share: float) -> None:
        self.shares.append((path, share))


def test_a_photo_is_read_elsewhere_and_arrives_here(qtbot: QtBot, jobs: FileJobs) -> None:
    photo, threads, listener = _photo(), [], Listener(jobs)

    def decode() -> Photo:
        threads.append(threading.get_ident())
        return photo

    with qtbot.waitSignal(jobs.opened) as signal:
        jobs.open(PATH, decode)
        assert jobs.is_busy
    assert signal.args == [photo]
    assert listener.threads == [threading.get_ident()] != threads
    assert not jobs.is_busy


def test_a_photo_that_cannot_be_read_is_named(qtbot: QtBot, jobs: FileJobs) -> None:
    error = ImageMissingError(PATH)

    def decode() -> Photo:
        raise error

    with qtbot.waitSignal(jobs.open_failed) as signal:
        jobs.open(PATH, decode)
    assert signal.args == [PATH, error]


@pytest.mark.allow_log("Unexpected failure while")
def test_a_bug_in_a_codec_has_words_too(qtbot: QtBot, jobs: FileJobs) -> None:
    def bug(*_: object) -> Photo:
        raise ZeroDivisionError

    with qtbot.waitSignal(jobs.open_failed) as opening:
        jobs.open(None, bug)
    assert opening.args is not None
    assert isinstance(opening.args[1], ImageUnsupportedError)
    with qtbot.waitSignal(jobs.export_failed) as writing:
        jobs.export(PATH, bug)
    assert writing.args is not None
    assert isinstance(writing.args[1], ImageWriteError)


def test_an_export_tells_how_far_it_is_and_what_came_of_it(qtbot: QtBot, jobs: FileJobs) -> None:
    def write(progress: Callable[[float], None]) -> str:
        progress(0.5)
        progress(1.0)
        return "report"

    listener = Listener(jobs)
    with qtbot.waitSignal(jobs.exported) as signal:
        jobs.export(PATH, write)
    assert listener.shares == [(PATH, 0.5), (PATH, 1.0)]
    assert signal.args == [PATH, "report"]


def test_an_export_that_fails_says_why(qtbot: QtBot, jobs: FileJobs) -> None:
    error = ImageDiskFullError(PATH)

    def write(_: Callable[[float], None]) -> None:
        raise error

    with qtbot.waitSignal(jobs.export_failed) as signal:
        jobs.export(PATH, write)
    assert signal.args == [PATH, error]


@pytest.mark.allow_log("A file job failed")
def test_other_jobs_run_and_their_failures_are_logged(qtbot: QtBot, jobs: FileJobs) -> None:
    done: list[tuple[object, ...]] = []
    jobs.run(lambda *args: done.append(args), 1, "two")
    jobs.run(int, "no number")
    qtbot.waitUntil(lambda: not jobs.is_busy)
    assert done == [(1, "two")]


def test_shutting_down_waits_for_the_last_byte_and_then_is_quiet(
    qtbot: QtBot, jobs: FileJobs
) -> None:
    listener, gate, written = Listener(jobs), threading.Event(), []

    def write(_: Callable[[float], None]) -> None:
        assert gate.wait(10)
        written.append("all")

    jobs.export(PATH, write)
    threading.Timer(0.05, gate.set).start()
    jobs.shutdown()
    assert written == ["all"]
    qtbot.waitUntil(lambda: not jobs.is_busy)
    assert listener.threads == []


def test_many_jobs_all_end(qtbot: QtBot, jobs: FileJobs) -> None:
    listener = Listener(jobs)
    for _ in range(200):
        jobs.open(PATH, _photo)
    qtbot.waitUntil(lambda: not jobs.is_busy)
    assert len(listener.threads) == 200
