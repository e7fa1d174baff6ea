"""The person's graphics card for the window: what there is, and jobs that change it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal, Slot

from unblur.errors import AppError
from unblur.workers.model_jobs import ModelJobs

if TYPE_CHECKING:  # nothing of it is needed before the settings are opened
    from unblur.gpu_setup.store import GpuStatus, GpuStore

_LOOKING, _SETTING_UP, _REMOVING = "looking", "setting up", "removing"


class GpuSetup(QObject):
    """Looks at the card, fetches PyTorch for it and removes that, beside the window's work.

    Signals:
        changed: the status, or what is being done, is another.
        progressed: bytes here and bytes in all.
        ended: the Verdict on the build that was set up.
        failed: the AppError that ended a job.
    """

    changed = Signal()
    progressed = Signal(object, object)
    ended = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        is_offline: Callable[[], bool],
        jobs: ModelJobs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._wants_offline = is_offline
        self._jobs = jobs
        self.status: GpuStatus | None = None
        self.fetched: tuple[int, int] | None = None
        jobs.progressed.connect(self._on_progressed)
        jobs.succeeded.connect(self._on_succeeded)
        jobs.failed.connect(self._on_failed)
        jobs.cancelled.connect(self._on_cancelled)

    @cached_property
    def _store(self) -> GpuStore:
        from unblur.gpu_setup.store import open_gpu_store

        return open_gpu_store(self._wants_offline)

    @property
    def is_offline(self) -> bool:
        """Whether nothing may be fetched."""
        return self._store.is_offline

    @property
    def is_setting_up(self) -> bool:
        """Whether the build is fetched, unpacked or tried."""
        return self._jobs.is_running(_SETTING_UP)

    @property
    def is_busy(self) -> bool:
        """Whether anything but looking is being done."""
        return self.is_setting_up or self._jobs.is_running(_REMOVING)

    def refresh(self) -> None:
        """Look at the card, which may take a moment."""
        self._jobs.start(_LOOKING, lambda _tell: self._store.status())

    def set_up(self) -> None:
        """Fetch the build for the card and try it, or go on where an earlier fetch ended."""
        # Here, because ssl takes a tenth of a second that the window's start does not have.
        from unblur_models.fetching import CancelFetch

        cancel = CancelFetch()
        self.fetched = (0, 0)
        work = partial(self._store.set_up, "", cancel=cancel)
        self._jobs.start(_SETTING_UP, work, cancel.cancel)
        self.changed.emit()

    def stop(self) -> None:
        """Stop fetching; what has come is kept."""
        self._jobs.cancel(_SETTING_UP)

    def remove(self) -> None:
        """Remove the build and what was fetched for it."""
        self._jobs.start(_REMOVING, lambda _tell: self._store.remove())
        self.changed.emit()

    def shutdown(self) -> None:
        """Stop what can be stopped, and wait for the rest."""
        self._jobs.shutdown()

    @Slot(str, object, object)
    def _on_progressed(self, _key: str, done: int, total: int) -> None:
        if self.fetched is not None:
            self.fetched = (done, total)
            self.progressed.emit(done, total)

    @Slot(str, object)
    def _on_succeeded(self, key: str, result: object) -> None:
        if key == _LOOKING:
            self.status = cast("GpuStatus", result)
            self.changed.emit()
            return
        self._end(key)
        if key == _SETTING_UP:
            self.ended.emit(result)

    @Slot(str, object)
    def _on_failed(self, key: str, error: AppError) -> None:
        self._end(key)
        self.failed.emit(error)

    @Slot(str)
    def _on_cancelled(self, key: str) -> None:
        self._end(key)

    def _end(self, key: str) -> None:
        if key == _SETTING_UP:
            self.fetched = None
        self.changed.emit()
        if key != _LOOKING:
            self.refresh()
