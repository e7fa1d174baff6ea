"""Edits on disk for the day the program is killed: what is saved, and who may take it.

Each running window has one file, named by a number of its own and guarded by a lock that
the system knows to be stale once the process is gone. So two windows never fight, and a
window that starts finds exactly the files whose owner did not quit by itself.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLockFile

from unblur.document.document import Document
from unblur.document.geometry import Size
from unblur.document.persistence import (
    FORMAT_VERSION,
    READABLE_VERSIONS,
    region_from_json,
    region_to_json,
    shape_from_json,
    shape_to_json,
)
from unblur.document.region import Region
from unblur.document.shapes import Shape
from unblur.settings import parsed, write_atomically

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SavedEdit:
    """One document without its pixels. `path` is None for a pasted picture."""

    path: Path | None
    name: str
    fingerprint: str
    size: Size
    regions: tuple[Region, ...]
    protection: tuple[Shape, ...] = ()

    @classmethod
    def of(cls, document: Document, name: str) -> SavedEdit:
        """What has to be known to make this document again."""
        photo = document.photo
        return cls(
            photo.path,
            name,
            photo.fingerprint,
            photo.size,
            document.regions,
            document.protection,
        )


class OwnFile:
    """The file of this window. Creating it takes the lock; it exists while there is work."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{uuid.uuid4().hex}.json"
        self._lock = QLockFile(str(self.path.with_suffix(".lock")))
        self._lock.setStaleLockTime(0)
        if not self._lock.tryLock(0):  # without it another window would take the file
            raise OSError(f"{self.path.with_suffix('.lock')} cannot be written")

    def write(self, edits: Sequence[SavedEdit]) -> None:
        """Replace the file in one step; no edits remove it. Raises OSError."""
        if edits:
            write_atomically(self.path, _to_json(edits))
        else:
            self.path.unlink(missing_ok=True)

    def remove(self) -> None:
        """A clean end: nothing is left to be found."""
        _forget(self.path)
        self._lock.unlock()


class Orphan:
    """The file of a window that is gone. Its lock is held until it is settled or released."""

    def __init__(self, path: Path, lock: QLockFile, edits: tuple[SavedEdit, ...]) -> None:
        self.path = path
        self.edits = edits
        self._lock = lock

    def settle(self) -> None:
        """The edits are in a window again, or not wanted: forget the file."""
        _forget(self.path)
        self._lock.unlock()

    def keep(self, edits: Sequence[SavedEdit]) -> None:
        """Only these could not be brought back: offer them again at the next start."""
        try:
            write_atomically(self.path, _to_json(edits))
        except OSError as error:  # then all of them are offered again
            logger.warning("%s was not shortened: %s", self.path, error)


def find_orphans(folder: Path) -> list[Orphan]:
    """Files whose window is gone. A damaged one is logged and put aside as NAME.damaged."""
    found = []
    for path in sorted(folder.glob("*.json")):
        lock = QLockFile(str(path.with_suffix(".lock")))
        lock.setStaleLockTime(0)
        if not lock.tryLock(0):
            continue
        try:
            edits = _from_json(path.read_bytes())
        except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
            logger.warning("Saved edits in %s are not readable: %r", path, error)
            with suppress(OSError):
                path.replace(path.with_suffix(".damaged"))
            lock.unlock()
        else:
            found.append(Orphan(path, lock, edits))
    return found


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:  # offered once more than needed, that is all
        logger.warning("%s was not removed: %s", path, error)


def _to_json(edits: Sequence[SavedEdit]) -> bytes:
    documents = [
        {
            "path": str(edit.path) if edit.path else None,
            "name": edit.name,
            "fingerprint": edit.fingerprint,
            "size": list(edit.size),
            "regions": [region_to_json(region) for region in edit.regions],
            "protection": [shape_to_json(shape) for shape in edit.protection],
        }
        for edit in edits
    ]
    return json.dumps({"version": FORMAT_VERSION, "documents": documents}, indent=1).encode()


def _from_json(content: bytes) -> tuple[SavedEdit, ...]:
    data = parsed(content)
    if data["version"] not in READABLE_VERSIONS:
        raise ValueError(f"version {data['version']!r}")
    return tuple(_edit_from_json(entry) for entry in data["documents"])


def _edit_from_json(data: dict[str, Any]) -> SavedEdit:
    width, height = (int(value) for value in data["size"])
    return SavedEdit(
        path=Path(data["path"]) if data["path"] else None,
        name=str(data["name"]),
        fingerprint=str(data["fingerprint"]),
        size=Size(width, height),
        regions=tuple(region_from_json(region) for region in data["regions"]),
        protection=tuple(shape_from_json(shape) for shape in data.get("protection", ())),
    )
