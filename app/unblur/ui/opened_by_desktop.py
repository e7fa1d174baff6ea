"""Photos that macOS hands to the program: there a double-click is an event, not an argument."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QFileOpenEvent


class OpenedByDesktop(QObject):
    """Opens what the desktop asks the running program to open."""

    def __init__(
        self,
        application: QCoreApplication,
        open_photos: Callable[[Sequence[Path]], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._open = open_photos
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the events that name a file; all others go on their way."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self._open([Path(event.file())])
            return True
        return super().eventFilter(watched, event)
