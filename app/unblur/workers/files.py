"""Reading, writing and looking in the global thread pool, so that the window never waits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

from unblur.document.photo import Photo
from unblur.errors import (
    AppError,
    Cancelled,
    ImageTooLargeError,
    ImageUnsupportedError,
    ImageWriteError,
    UnexpectedEngineError,
)
from unblur.workers.pool import run_in_pool

logger = logging.getLogger(__name__)

Progress: TypeAlias = Callable[[float], None]
"""Called with the share that is done, 0 … 1, on the job's thread."""


class FileJobs(QObject):
    """Runs given functions in the global pool; what comes of them arrives by signals.

    Jobs run side by side, so photos may open in another order than they were asked for.
    A job stops only where its function does: an export that raises Cancelled has left no file.

    Signals:
        opened: the Photo.
        open_failed: the path (None for the clipboard) and the AppError.
        export_progressed: the path and the share that is done, 0 … 1.
        exported: the path and what the function returned.
        export_failed: the path and the AppError.
        export_cancelled: the path, whose file is as it was.
        answered: the key of a question and what its function returned.
        not_answered: the key of a question and the AppError; one that raised Cancelled is silent.
    """

    opened = Signal(object)
    open_failed = Signal(object, object)
    export_progressed = Signal(object, float)
    exported = Signal(object, object)
    export_failed = Signal(object, object)
    export_cancelled = Signal(object)
    answered = Signal(object, object)
    not_answered = Signal(object, object)

    _ended = Signal(object)
    _progressed = Signal(object, float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pending = 0
        self._is_closed = False
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        self._progressed.connect(self._on_progressed, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether a job has not ended, or its end was not yet heard of."""
        return self._pending > 0

    def open(self, path: Path | None, decode: Callable[[], Photo]) -> None:
        """Read a photo. `path` names it when that fails."""
        self._start(_Open(path, decode))

    def export(self, path: Path, write: Callable[[Progress], object]) -> None:
        """Write a photo to `path`; `write` is given a function that takes its progress."""
        self._start(_Export(path, write, self._progressed.emit))

    def ask(self, key: object, question: Callable[[], object]) -> None:
        """Find something out about a photo; `key` tells the answer from others."""
        self._start(_Question(key, question))

    def run(self, job: Callable[..., object], *args: object) -> None:
        """Do something else with a file, such as keeping the edits. Failing is logged."""
        self._start(_Other(job, args))

    def shutdown(self) -> None:
        """Wait for the jobs that began; from here on nothing is heard of any."""
        self._is_closed = True
        QThreadPool.globalInstance().clear()
        QThreadPool.globalInstance().waitForDone()

    def _start(self, job: _Job) -> None:
        self._pending += 1
        run_in_pool(job, self._ended.emit)

    @Slot(object)
    def _on_ended(self, job: _Job) -> None:
        self._pending -= 1
        if not self._is_closed:
            job.tell(self)

    @Slot(object, float)
    def _on_progressed(self, path: Path, share: float) -> None:
        if not self._is_closed:
            self.export_progressed.emit(path, share)


class _Open:
    """One photo to read."""

    def __init__(self, path: Path | None, decode: Callable[[], Photo]) -> None:
        self._path = path
        self._decode = decode
        self._photo: Photo | None = None
        self._error: AppError | None = None

    def work(self) -> None:
        """On the pool's thread."""
        try:
            self._photo = self._decode()
        except AppError as error:
            self._error = error
        except MemoryError:
            self._error = ImageTooLargeError(self._path, "it does not fit into memory")
        except Exception as error:
            logger.exception("Unexpected failure while opening %s", self._path)
            self._error = ImageUnsupportedError(self._path, str(error))

    def tell(self, jobs: FileJobs) -> None:
        """On the window's thread."""
        if self._error is None:
            jobs.opened.emit(self._photo)
        else:
            jobs.open_failed.emit(self._path, self._error)


class _Export:
    """One photo to write."""

    def __init__(
        self,
        path: Path,
        write: Callable[[Progress], object],
        progressed: Callable[[Path, float], None],
    ) -> None:
        self._path = path
        self._write = write
        self._progressed = progressed
        self._report: object = None
        self._error: AppError | None = None
        self._is_cancelled = False

    def work(self) -> None:
        """On the pool's thread."""
        try:
            self._report = self._write(self._tell_progress)
        except Cancelled:
            self._is_cancelled = True
        except AppError as error:
            self._error = error
        except Exception as error:
            logger.exception("Unexpected failure while writing %s", self._path)
            self._error = ImageWriteError(self._path, str(error))

    def tell(self, jobs: FileJobs) -> None:
        """On the window's thread."""
        if self._is_cancelled:
            jobs.export_cancelled.emit(self._path)
        elif self._error is None:
            jobs.exported.emit(self._path, self._report)
        else:
            jobs.export_failed.emit(self._path, self._error)

    def _tell_progress(self, share: float) -> None:
        self._progressed(self._path, share)


class _Question:
    """Something to find out."""

    def __init__(self, key: object, question: Callable[[], object]) -> None:
        self._key = key
        self._question = question
        self._answer: object = None
        self._error: AppError | None = None
        self._is_cancelled = False

    def work(self) -> None:
        """On the pool's thread."""
        try:
            self._answer = self._question()
        except Cancelled:
            self._is_cancelled = True
        except AppError as error:
            self._error = error
        except Exception as error:
            logger.exception("Unexpected failure while looking at a photo")
            self._error = UnexpectedEngineError(f"{type(error).__name__}: {error}")

    def tell(self, jobs: FileJobs) -> None:
        """On the window's thread."""
        if self._error is not None:
            jobs.not_answered.emit(self._key, self._error)
        elif not self._is_cancelled:
            jobs.answered.emit(self._key, self._answer)


class _Other:
    """Anything of which only the failure is of interest, and only to the log."""

    def __init__(self, job: Callable[..., object], args: tuple[object, ...]) -> None:
        self._job = job
        self._args = args

    def work(self) -> None:
        """On the pool's thread."""
        try:
            self._job(*self._args)
        except Exception:
            logger.exception("A file job failed")

    def tell(self, jobs: FileJobs) -> None:
        """Nobody waits for it."""


_Job: TypeAlias = _Open | _Export | _Question | _Other
