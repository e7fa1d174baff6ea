"""Saves the edits of all open photos shortly after each change."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from unblur.errors import RecoveryError
from unblur.ui.recovery import OwnFile, SavedEdit
from unblur.ui.session import Session

logger = logging.getLogger(__name__)

# Not restarted by later changes: a person who never pauses is saved as well.
_DELAY_MS = 1500


class Autosave(QObject):
    """Keeps this window's recovery file in step with the session.

    Signals:
        failed: a RecoveryError, at the first of several failures in a row.
    """

    failed = Signal(object)

    def __init__(self, session: Session, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._folder = folder
        self._file: OwnFile | None = None
        self._is_failing = False
        self._timer = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._timer.timeout.connect(self.save)
        for signal in (session.edited, session.clean_changed, session.photo_closed):
            signal.connect(self._on_changed)

    def save(self) -> bool:
        """Write now; whether the edits are on the disk.

        A folder that cannot be written costs the safety net, not the work.
        """
        self._timer.stop()
        edits = [
            SavedEdit.of(opened.document, opened.title)
            for opened in self._session.photos
            if opened.has_unsaved_work
        ]
        if self._file is None and not edits:
            return True
        try:
            self._file = self._file or OwnFile(self._folder)
            self._file.write(edits)
        except OSError as error:
            self._tell(error)
            return False
        self._is_failing = False
        return True

    def finish(self) -> bool:
        """The window is gone; whether it leaves nothing behind.

        A person who closes it was asked about every photo. But the display may also have
        ended under it, as at the end of a session: then the edits wait for the next start.
        """
        self._timer.stop()
        if any(opened.has_unsaved_work for opened in self._session.photos):
            self.save()
            return False
        if self._file is not None:
            self._file.remove()
        return True

    def _tell(self, error: OSError) -> None:
        if not self._is_failing:
            logger.warning("Edits were not saved for recovery: %s", error)
            self.failed.emit(RecoveryError(self._folder, error.strerror or str(error)))
        self._is_failing = True

    def _on_changed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()
