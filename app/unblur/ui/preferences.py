"""The settings in force: read once, changed by the dialog, written at every change."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from unblur import settings
from unblur.errors import SettingsError
from unblur.settings import Settings


class Preferences(QObject):
    """Holds the Settings.

    Signals:
        changed: the Settings before and after.
        failed: a SettingsError; the change holds until the program ends.
    """

    changed = Signal(object, object)
    failed = Signal(object)

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self.current = settings.load(file)

    def change(self, wanted: Settings) -> None:
        """Apply and keep."""
        before, self.current = self.current, wanted
        self.changed.emit(before, wanted)
        try:
            settings.save(wanted, self._file)
        except SettingsError as error:
            self.failed.emit(error)
