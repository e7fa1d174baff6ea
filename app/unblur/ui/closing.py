"""Closing photos and the window without losing work."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from unblur.ui.dialogs.unsaved import Choice
from unblur.ui.exporting import Exporter
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.session import Session


class Closer(QObject):
    """Asks about each photo with unsaved work, one after the other; Cancel ends it all.

    An export takes a while, so what comes after it waits for its signal. So does closing
    while something is being written: the photo may be saved by then, and if that fails the
    person has to hear of it.
    """

    def __init__(
        self,
        session: Session,
        exporter: Exporter,
        ask: Callable[[OpenPhoto], Choice],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._exporter = exporter
        self._ask = ask
        self._queue: list[OpenPhoto] = []
        self._settled: list[OpenPhoto] = []
        self._exporting: OpenPhoto | None = None
        self._then: Callable[[], object] | None = None
        self._is_waiting = False
        exporter.exported.connect(self._on_exported)
        exporter.failed.connect(self._on_failed)
        exporter.cancelled.connect(self._on_failed)
        exporter.ended.connect(self._on_ended)

    @property
    def is_asking(self) -> bool:
        """Whether a round of questions is under way."""
        return self._then is not None

    def close_photo(self, opened: OpenPhoto) -> None:
        """Close one photo, after asking if need be."""
        self._begin([opened], lambda: None)

    def close_all(self, then: Callable[[], object]) -> None:
        """Close every photo and call `then`, unless the person cancels."""
        self._begin(list(self._session.photos), then)

    def _begin(self, photos: list[OpenPhoto], then: Callable[[], object]) -> None:
        if not self.is_asking:
            self._queue, self._then = photos, then
            self._go_on_when_written()

    def _go_on_when_written(self) -> None:
        self._is_waiting = any(map(self._exporter.is_writing, self._queue))
        if not self._is_waiting:
            self._go_on()

    def _go_on(self) -> None:
        while self._queue:
            opened = self._queue.pop(0)
            if opened.has_unsaved_work:
                self._session.show(opened)
                choice = self._ask(opened)
                if choice is Choice.SAVE and self._exporter.export(opened):
                    self._exporting = opened
                    return
                if choice is not Choice.DISCARD:
                    self._give_up()
                    return
            self._settled.append(opened)
        # Closed together, so that a Cancel on the way leaves everything as it was.
        settled, self._settled = self._settled, []
        for opened in settled:
            self._session.close(opened)
        then, self._then = self._then, None
        if then is not None:
            then()

    def _give_up(self) -> None:
        self._queue, self._settled, self._then, self._exporting = [], [], None, None
        self._is_waiting = False

    def _on_exported(self, opened: OpenPhoto) -> None:
        if opened is not self._exporting:
            return
        self._exporting = None
        if opened.has_unsaved_work:  # it was edited meanwhile: ask again
            self._queue.insert(0, opened)
        else:
            self._settled.append(opened)
        self._go_on()

    def _on_failed(self, opened: OpenPhoto) -> None:
        if opened is self._exporting or (self._is_waiting and opened in self._queue):
            self._give_up()

    def _on_ended(self) -> None:
        if self._is_waiting:
            self._go_on_when_written()
