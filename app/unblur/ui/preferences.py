"""The settings in force: read once, changed by the dialog, written at every change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from unblur import settings
from unblur.errors import SettingsError
from unblur.settings import Settings
from unblur.workers.messages import DeviceFacts, EngineConduct

_GIGABYTE = 1024**3


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


def engine_wishes(wanted: Settings) -> tuple[str, EngineConduct]:
    """The device to compute with, and how: what the engine has to hear about."""
    conduct = EngineConduct(
        precision=wanted.precision,
        gpu_memory=wanted.gpu_memory * _GIGABYTE,
        kept_tiles=wanted.kept_tiles * _GIGABYTE,
    )
    return wanted.device, conduct


def device_names(devices: Sequence[DeviceFacts]) -> dict[str, str]:
    """What the devices that are here are called, with their memory, by their setting."""
    return {
        each.label: f"{each.name} · {each.memory / _GIGABYTE:.0f} GB ({each.platform})"
        for each in devices
    }
