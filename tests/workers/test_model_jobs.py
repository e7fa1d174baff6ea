from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from unblur.errors import Cancelled, ModelOfflineError, UnexpectedEngineError
from unblur.workers.model_jobs import ModelJobs


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[ModelJobs]:
    jobs = ModelJobs()
    yield jobs
    jobs.shutdown()


class Listener(QObject):
    """Writes down what it hears, and in which thread."""

    def __init__(self, jobs: ModelJobs) -> None:
        super().__init__()
        self.heard: list[tuple[object, ...]] = []
        self.threads: set[int] = set()
        jobs.progressed.connect(self._on_progressed)
        jobs.succeeded.connect(self._on_ended)
        jobs.failed.connect(self._on_ended)
        jobs.cancelled.connect(self._on_cancelled)

    @Slot(str, object, object)
    def _on_progressed(self, key: str, done: int, total: int) -> None:
        self._hear(key, done, total)

    @Slot(str, object)
    def _on_ended(self, key: str, outcome: object) -> None:
        self._hear(key, outcome)

    @Slot(str)
    def _on_cancelled(self, key: str) -> None:
        self._hear(key)

    def _hear(self, *words: object) -> None:
        self.heard.append(words)
        self.threads.add(threading.get_ident())


def test_a_job_runs_elsewhere_and_is_heard_of_here(qtbot: QtBot, jobs: ModelJobs) -> None:
    listener, threads = Listener(jobs), []

    def work(tell: Callable[[int, int], None]) -> str:
        threads.append(threading.get_ident())
        tell(5_000_000_000, 6_000_000_000)  # more than fits into 32 bits
        return "done"

    with qtbot.waitSignal(jobs.succeeded):
        jobs.start("a", work)
        assert jobs.is_running("a")
    assert listener.heard == [("a", 5_000_000_000, 6_000_000_000), ("a", "done")]
    assert listener.threads == {threading.get_ident()} != set(threads)
    assert not jobs.is_running("a")


def test_an_error_with_words_comes_as_it_is(qtbot: QtBot, jobs: ModelJobs) -> None:
    error = ModelOfflineError("m")

    def work(_tell: object) -> None:
        raise error

    with qtbot.waitSignal(jobs.failed) as told:
        jobs.start("a", work)
    assert told.args == ["a", error]


def test_a_bug_is_logged_and_told(qtbot: QtBot, jobs: ModelJobs, allow_log: list[str]) -> None:
    allow_log.append("Unexpected failure in a")

    def work(_tell: object) -> None:
        raise ZeroDivisionError("never")

    with qtbot.waitSignal(jobs.failed) as told:
        jobs.start("a", work)
    assert isinstance(told.args[1], UnexpectedEngineError)


def test_a_job_is_cancelled_by_its_own_means(qtbot: QtBot, jobs: ModelJobs) -> None:
    asked = threading.Event()

    def work(_tell: object) -> None:
        assert asked.wait(10)
        raise Cancelled

    jobs.start("a", work, asked.set)
    with qtbot.waitSignal(jobs.cancelled) as told:
        jobs.cancel("a")
    assert told.args == ["a"]


def test_one_key_runs_once_at_a_time(qtbot: QtBot, jobs: ModelJobs) -> None:
    goes_on, runs = threading.Event(), []

    def work(_tell: object) -> None:
        runs.append(1)
        goes_on.wait(10)

    jobs.start("a", work)
    jobs.start("a", work)
    with qtbot.waitSignal(jobs.succeeded):
        goes_on.set()
    assert runs == [1]


def test_a_shutdown_stops_the_jobs_and_silences_them(qtbot: QtBot) -> None:
    jobs, asked = ModelJobs(), threading.Event()
    listener = Listener(jobs)

    def work(_tell: object) -> None:
        assert asked.wait(10)
        raise Cancelled

    jobs.start("a", work, asked.set)
    jobs.shutdown()
    qtbot.wait(10)
    assert asked.is_set()
    assert listener.heard == []
