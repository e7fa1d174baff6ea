"""Carries jobs to the global thread pool, where they run side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from PySide6.QtCore import QRunnable, QThreadPool


class Job(Protocol):
    """Something to do. It keeps its own outcome, and lets no exception out."""

    def work(self) -> None:
        """On the pool's thread."""


AnyJob = TypeVar("AnyJob", bound=Job)


def run_in_pool(job: AnyJob, ended: Callable[[AnyJob], None]) -> None:
    """Do `job`, then call `ended` with it, still on the pool's thread: let it emit a signal."""
    QThreadPool.globalInstance().start(_Runnable(job, lambda: ended(job)))


class _Runnable(QRunnable):
    """The pool deletes it when it is done; the job lives on."""

    def __init__(self, job: Job, ended: Callable[[], None]) -> None:
        super().__init__()
        self._job = job
        self._ended = ended

    def run(self) -> None:
        """On the pool's thread."""
        self._job.work()
        self._ended()
