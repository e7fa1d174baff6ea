"""One question about the shown photo at a time, answered off the window's thread; latest wins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from unblur.engine.cancel import CancelToken
from unblur.errors import AppError
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.session import Session


class Answerer(Protocol):
    """Who answers: the pool (FileJobs), or the inference thread (InferenceClient)."""

    @property
    def answered(self) -> SignalInstance:
        """The key of a question and the answer."""

    @property
    def not_answered(self) -> SignalInstance:
        """The key of a question and the AppError."""

    def ask(self, key: object, question: Callable[[], object]) -> None:
        """Find something out."""


class PhotoQuestion(QObject):
    """Asks, and hands on the answer with the photo that it is about.

    A question that is superseded, or whose photo is closed, is never heard of again.

    Signals:
        busy_changed: a question was asked, or is over (bool).
        answered: the OpenPhoto and the answer.
        failed: the AppError that came instead.
    """

    busy_changed = Signal(bool)
    answered = Signal(object, object)
    failed = Signal(object)

    def __init__(self, session: Session, jobs: Answerer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._asked: tuple[OpenPhoto, CancelToken] | None = None
        jobs.answered.connect(self._on_answered)
        jobs.not_answered.connect(self._on_not_answered)
        session.photo_closed.connect(self._on_photo_closed)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is waited for."""
        return self._asked is not None

    def is_busy_with(self, opened: OpenPhoto) -> bool:
        """Whether the answer that is waited for is about this photo."""
        return self._asked is not None and self._asked[0] is opened

    def ask(self, opened: OpenPhoto, question: Callable[[Callable[[], None]], object]) -> None:
        """`question` gets a function that ends it by raising once nobody waits any more."""
        self.drop()
        token = CancelToken()
        self._asked = (opened, token)
        self._jobs.ask(token, lambda: question(token.raise_if_cancelled))
        self.busy_changed.emit(True)

    def drop(self) -> None:
        """Wait no longer."""
        if self._asked is not None:
            self._asked[1].cancel()
            self._end()

    def _end(self) -> None:
        self._asked = None
        self.busy_changed.emit(False)

    def _ended(self, token: object) -> OpenPhoto | None:
        """The photo of this question; None when nobody waits for it any more."""
        if self._asked is None or self._asked[1] is not token:
            return None
        opened, _ = self._asked
        self._end()
        return opened

    @Slot(object, object)
    def _on_answered(self, token: object, answer: object) -> None:
        opened = self._ended(token)
        if opened is not None:
            self.answered.emit(opened, answer)

    @Slot(object, object)
    def _on_not_answered(self, token: object, error: AppError) -> None:
        if self._ended(token) is not None:
            self.failed.emit(error)

    @Slot(object)
    def _on_photo_closed(self, opened: OpenPhoto) -> None:
        if self._asked is not None and self._asked[0] is opened:
            self.drop()
