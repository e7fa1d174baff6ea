"""The person's models for the window: what there is, and jobs that change it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from unblur.errors import SettingsError
from unblur.model_store import Entry, ModelStore
from unblur.workers.model_jobs import ModelJobs
from unblur_models.card import ModelCard
from unblur_models.stock import Verdict

_ADDING = "adding a file"


class ModelLibrary(QObject):
    """Fetches, checks, adds and removes beside the window's work.

    Signals:
        changed: a model came, went or got its weights.
        busy_changed: a job began or ended.
        progressed: the id of a model that is fetched, bytes here and bytes in all.
        stopped: the id of a model whose fetch the person stopped.
        verified: an id and the Verdict.
        added: the card of a model from a file.
        failed: the AppError that ended a job.
    """

    changed = Signal()
    busy_changed = Signal()
    progressed = Signal(str, object, object)
    stopped = Signal(str)
    verified = Signal(str, object)
    added = Signal(object)
    failed = Signal(object)

    def __init__(self, store: ModelStore, jobs: ModelJobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._jobs = jobs
        self._fetching: dict[str, tuple[int, int]] = {}
        jobs.progressed.connect(self._on_progressed)
        jobs.succeeded.connect(self._on_succeeded)
        jobs.failed.connect(self._on_failed)
        jobs.cancelled.connect(self._on_cancelled)

    @property
    def is_offline(self) -> bool:
        """Whether nothing may be fetched."""
        return self._store.is_offline

    @property
    def is_adding(self) -> bool:
        """Whether a file is being looked at."""
        return self._jobs.is_running(_ADDING)

    def refresh(self) -> None:
        """See what another program, or the person, put into the folder."""
        self._store.refresh()
        self.changed.emit()

    def entries(self) -> tuple[Entry, ...]:
        """All models, with or without weights."""
        return self._store.entries()

    def entry(self, model_id: str) -> Entry:
        """One model. Raises ModelUnknownError."""
        return self._store.entry(model_id)

    def fetched(self, model_id: str) -> tuple[int, int] | None:
        """Bytes here and bytes in all of a fetch that is under way; None when there is none."""
        return self._fetching.get(model_id)

    def is_busy(self, model_id: str) -> bool:
        """Whether something is being done with this model."""
        return self._jobs.is_running(model_id)

    def accept(self, model_id: str) -> None:
        """Remember that the licence was accepted."""
        try:
            self._store.accept(model_id)
        except SettingsError as error:
            self.failed.emit(error)

    def fetch(self, model_id: str) -> None:
        """Fetch the weights, or go on where an earlier fetch ended."""
        # Here, because ssl takes a tenth of a second that the window's start does not have.
        from unblur_models.fetching import CancelFetch

        card, cancel = self._store.entry(model_id).card, CancelFetch()
        self._fetching[model_id] = (0, card.weights_bytes)
        fetch = partial(self._store.fetch, model_id, cancel=cancel)
        self._start(model_id, fetch, cancel.cancel)

    def cancel(self, model_id: str) -> None:
        """Stop a fetch; what has come is kept."""
        self._jobs.cancel(model_id)

    def verify(self, model_id: str) -> None:
        """Read every bit of the weights."""
        self._start(model_id, lambda _tell: self._store.verify(model_id))

    def add(self, path: Path, known_as: str = "") -> None:
        """Install a file as a model of its own, or as the missing weights of `known_as`."""
        self._start(_ADDING, lambda _tell: self._store.add(path, known_as=known_as))

    def remove(self, model_id: str) -> None:
        """Remove a model that was fetched or added."""
        self._start(model_id, lambda _tell: self._store.remove(model_id))

    def shutdown(self) -> None:
        """Stop what can be stopped, and wait for the rest."""
        self._jobs.shutdown()

    def _start(
        self,
        key: str,
        work: Callable[[Callable[[int, int], None]], object],
        cancel: Callable[[], None] = lambda: None,
    ) -> None:
        self._jobs.start(key, work, cancel)
        self.busy_changed.emit()

    @Slot(str, object, object)
    def _on_progressed(self, model_id: str, done: int, total: int) -> None:
        if model_id in self._fetching:
            self._fetching[model_id] = (done, total)
            self.progressed.emit(model_id, done, total)

    @Slot(str, object)
    def _on_succeeded(self, key: str, result: object) -> None:
        self._end(key)
        if isinstance(result, Verdict):
            self.verified.emit(key, result)
            return
        self.changed.emit()
        if isinstance(result, ModelCard):
            self.added.emit(result)

    @Slot(str, object)
    def _on_failed(self, key: str, error: object) -> None:
        self._end(key)
        self.failed.emit(error)

    @Slot(str)
    def _on_cancelled(self, key: str) -> None:
        self._end(key)
        self.stopped.emit(key)

    def _end(self, key: str) -> None:
        self._fetching.pop(key, None)
        self.busy_changed.emit()
