"""What can go wrong with a PSF. Each error carries its facts; the program has the sentences."""

from __future__ import annotations

from pathlib import Path

from unblur_models.errors import ZooError


class InvalidPsfError(ZooError):
    """These weights are no PSF; `detail` says why."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"not a PSF: {detail}")
        self.detail = detail


class PsfFileError(ZooError):
    """The file `path` cannot be read as a PSF; `detail` says why."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


class Stopped(Exception):  # noqa: N818 - it is not an error
    """A solver was asked to stop, because a newer value superseded its own."""
