"""Saving the result: from the question where to, to the banner that it is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot

from unblur.document.document import Document
from unblur.document.photo import Photo
from unblur.engine.cancel import CancelToken
from unblur.errors import AppError
from unblur.ui.open_photo import LayerSnapshot, OpenPhoto
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

if TYPE_CHECKING:  # it imports OpenCV, which waits until a photo is read
    from unblur.imaging.export import ExportOptions

WRITABLE = (".png", ".tif", ".tiff", ".jpg", ".jpeg", ".webp")
_SUFFIX_FOR = {".heic": ".jpg", ".heif": ".jpg"}


@dataclass(frozen=True, slots=True)
class ExportWish:
    """Where to and how."""

    path: Path
    options: ExportOptions


Write = Callable[
    [
        Document,
        LayerSnapshot,
        Path,
        "ExportOptions",
        Callable[[float], None],
        Callable[[], bool],
    ],
    object,
]
"""imaging.export.export, by its arguments."""


class AskExport(Protocol):
    """Asks the person; None when they think better of it."""

    def __call__(self, opened: OpenPhoto, suggested: Path) -> ExportWish | None:
        """Where the result of `opened` goes, and how."""
        ...


@dataclass(frozen=True, slots=True)
class _Job:
    opened: OpenPhoto
    document: Document
    token: CancelToken = field(default_factory=CancelToken)


class Exporter(QObject):
    """Exports open photos, one dialog and one file job each.

    Signals:
        started: the Path that is being written.
        progressed: the share that is written, 0 to 1.
        exported: the OpenPhoto, the Path and what the writer reported.
        failed: the OpenPhoto and the AppError; its edits are as they were.
        cancelled: the OpenPhoto; there is no file.
        ended: the Path, after each of the last three.
    """

    started = Signal(object)

    progressed = Signal(float)
    exported = Signal(object, object, object)
    failed = Signal(object, object)
    cancelled = Signal(object)
    ended = Signal(object)

    def __init__(
        self,
        session: Session,
        jobs: FileJobs,
        ask: AskExport,
        write: Write,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._ask = ask
        self._write = write
        self._running: dict[Path, _Job] = {}
        jobs.export_progressed.connect(self._on_progressed)
        jobs.exported.connect(self._on_exported)
        jobs.export_failed.connect(self._on_failed)
        jobs.export_cancelled.connect(self._on_cancelled)

    @property
    def is_busy(self) -> bool:
        """Whether a file is being written."""
        return bool(self._running)

    def is_writing(self, opened: OpenPhoto) -> bool:
        """Whether the result of this photo is being written."""
        return any(job.opened is opened for job in self._running.values())

    def export(self, opened: OpenPhoto) -> bool:
        """Ask and start writing; False when the person cancelled."""
        wish = self._ask(opened, suggested_path(opened.photo))
        if wish is None or wish.path in self._running:
            return False
        document = opened.document
        layers = opened.snapshot(is_accelerated=self._session.is_accelerated)
        job = self._running[wish.path] = _Job(opened, document)
        self.started.emit(wish.path)
        self.progressed.emit(0.0)

        def write(progress: Callable[[float], None]) -> object:
            return self._write(
                document,
                layers,
                wish.path,
                wish.options,
                progress,
                lambda: job.token.is_cancelled,
            )

        self._jobs.export(wish.path, write)
        return True

    def cancel(self) -> None:
        """Stop writing; no file is left of what was not finished."""
        for job in self._running.values():
            job.token.cancel()

    @Slot(object, float)
    def _on_progressed(self, _path: Path, share: float) -> None:
        self.progressed.emit(share)

    @Slot(object, object)
    def _on_exported(self, path: Path, report: object) -> None:
        job = self._running.pop(path)
        # An edit made while the file was written is not in it; a closed photo needs no more.
        if job.opened in self._session.photos and job.opened.document is job.document:
            job.opened.undo_stack.setClean()
        self.exported.emit(job.opened, path, report)
        self.ended.emit(path)

    @Slot(object, object)
    def _on_failed(self, path: Path, error: AppError) -> None:
        job = self._running.pop(path)
        self.failed.emit(job.opened, error)
        self.ended.emit(path)

    @Slot(object)
    def _on_cancelled(self, path: Path) -> None:
        self.cancelled.emit(self._running.pop(path).opened)
        self.ended.emit(path)


def suggested_path(photo: Photo) -> Path:
    """STEM-unblurred.EXT beside the source; numbered where that exists already."""
    if photo.path is not None:
        folder, stem, suffix = photo.path.parent, photo.path.stem, photo.path.suffix.lower()
    else:
        place = QStandardPaths.StandardLocation.PicturesLocation
        folder = Path(QStandardPaths.writableLocation(place) or Path.home())
        stem, suffix = photo.name or "Pasted picture", ".png"
    suffix = suffix if suffix in WRITABLE else _SUFFIX_FOR.get(suffix, ".png")
    path, number = folder / f"{stem}-unblurred{suffix}", 2
    while path.exists():
        path, number = folder / f"{stem}-unblurred-{number}{suffix}", number + 1
    return path
