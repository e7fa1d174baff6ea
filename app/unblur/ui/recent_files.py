"""Photos that were opened lately, newest first, kept in the state folder."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from unblur.settings import parsed, write_atomically

logger = logging.getLogger(__name__)

_AT_MOST = 12


class RecentFiles(QObject):
    """The list, written at every change. Other windows' entries are merged in.

    Signals:
        changed: the list is another one.
    """

    changed = Signal()

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._paths = self._read()

    @property
    def paths(self) -> Sequence[Path]:
        """Those that still exist."""
        return tuple(path for path in self._paths if path.is_file())

    def add(self, path: Path) -> None:
        """Put a photo on top."""
        known = [entry for entry in self._read() if entry != path]
        self._keep([path, *known])

    def clear(self) -> None:
        """Forget them all."""
        self._keep([])

    def _keep(self, paths: list[Path]) -> None:
        self._paths = [path for path in paths if path.is_file()][:_AT_MOST]
        content = json.dumps([str(path) for path in self._paths], indent=1)
        try:
            write_atomically(self._file, content.encode())
        except OSError as error:
            logger.warning("The list of recent photos was not kept: %s", error)
        self.changed.emit()

    def _read(self) -> list[Path]:
        try:
            data = parsed(self._file.read_bytes())
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            logger.warning("The list of recent photos is not readable: %s", error)
            return []
        entries = data if isinstance(data, list) else []
        return [Path(entry) for entry in entries if isinstance(entry, str)]
