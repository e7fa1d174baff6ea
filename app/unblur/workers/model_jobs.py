"""Work on the person's models in the global thread pool: fetching, checking, adding, removing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

from unblur.errors import AppError, Cancelled, UnexpectedEngineError
from unblur.workers.pool import run_in_pool

logger = logging.getLogger(__name__)

TellProgress = Callable[[int, int], None]
"""Called with what is done and what there is to do, on the job's thread."""


class ModelJobs(QObject):
    """Runs at most one job a key; what comes of it arrives by signals in the window's thread.

    Exactly one of succeeded, failed and cancelled follows each start, until the shutdown.

    Signals:
        progressed: the key, what is done and what there is to do.
        succeeded: the key and what the function returned.
        failed: the key and the AppError.
        cancelled: the key of a job that raised Cancelled.
    """

    progressed = Signal(str, object, object)
    succeeded = Signal(str, object)
    failed = Signal(str, object)
    cancelled = Signal(str)

    _ended = Signal(object)
    _moved = Signal(str, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: dict[str, Callable[[], None]] = {}
        self._is_closed = False
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        self._moved.connect(self._on_moved, Qt.ConnectionType.QueuedConnection)

    def is_running(self, key: str) -> bool:
        """Whether a job with this key has not ended, or its end was not yet heard of."""
        return key in self._running

    def start(
        self,
        key: str,
        work: Callable[[TellProgress], object],
        cancel: Callable[[], None] = lambda: None,
    ) -> None:
        """Do `work`, unless a job with this key runs. `cancel` asks it to stop, from here."""
        if key in self._running or self._is_closed:
            return
        self._running[key] = cancel
        job = _Job(key, partial(work, partial(self._moved.emit, key)))
        run_in_pool(job, self._ended.emit)

    def cancel(self, key: str) -> None:
        """Ask a job to stop."""
        if key in self._running:
            self._running[key]()

    def shutdown(self) -> None:
        """Ask every job to stop and wait for it; from here on nothing is heard of any."""
        self._is_closed = True
        for cancel in self._running.values():
            cancel()
        QThreadPool.globalInstance().waitForDone()

    @Slot(object)
    def _on_ended(self, job: _Job) -> None:
        self._running.pop(job.key, None)
        if self._is_closed:
            return
        if job.is_cancelled:
            self.cancelled.emit(job.key)
        elif job.error is not None:
            self.failed.emit(job.key, job.error)
        else:
            self.succeeded.emit(job.key, job.result)

    @Slot(str, object, object)
    def _on_moved(self, key: str, done: int, total: int) -> None:
        if not self._is_closed:
            self.progressed.emit(key, done, total)


class _Job:
    """One piece of work and its outcome."""

    def __init__(self, key: str, work: Callable[[], object]) -> None:
        self.key = key
        self.result: object = None
        self.error: AppError | None = None
        self.is_cancelled = False
        self._work = work

    def work(self) -> None:
        """On the pool's thread."""
        try:
            self.result = self._work()
        except Cancelled:
            self.is_cancelled = True
        except AppError as error:
            self.error = error
        except Exception as error:
            logger.exception("Unexpected failure in %s", self.key)
            self.error = UnexpectedEngineError(f"{type(error).__name__}: {error}")
