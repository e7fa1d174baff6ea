"""How photos come in: paths, drops, the clipboard, and edits brought back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QObject, Signal, Slot
from PySide6.QtGui import QImage

from unblur.document.photo import Photo
from unblur.errors import AppError
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.pasted import PastedPictures
from unblur.ui.recent_files import RecentFiles
from unblur.ui.recovered_models import with_known_models
from unblur.ui.recovery import SavedEdit
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

logger = logging.getLogger(__name__)

DecodeFile = Callable[[Path], Photo]

_PASTED = "Pasted picture"
# Raw bytes come first: they keep alpha and the colour profile, which Qt's picture does not.
_RAW_FORMATS = ("image/png", "image/tiff", "image/webp", "image/jpeg")


class PhotoOpener(QObject):
    """Decodes in the pool and hands the photos to the session.

    Signals:
        waiting_changed: how many photos are being read.
        failed: the AppError of one that could not be.
        edits_lost: a sentence about saved edits that did not come back as they were.
        nothing_pasted: the clipboard or the drop holds no picture.
    """

    waiting_changed = Signal(int)
    failed = Signal(object)
    edits_lost = Signal(str)
    nothing_pasted = Signal()

    def __init__(
        self,
        session: Session,
        jobs: FileJobs,
        recent: RecentFiles,
        decode: DecodeFile,
        pasted: PastedPictures,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._recent = recent
        self._decode = decode
        self._pasted_pictures = pasted
        self._waiting: dict[Path | None, int] = {}
        self._saved: dict[Path | str, SavedEdit] = {}
        self._not_back: list[SavedEdit] = []
        self._pasted = 0
        # Of several photos that were asked for at once, the first to arrive is shown.
        self._shows_next = True
        jobs.opened.connect(self._on_opened)
        jobs.open_failed.connect(self._on_open_failed)

    def open(self, paths: Iterable[Path]) -> None:
        """Read photos; one that is open already is shown instead."""
        self._shows_next = True
        for path in dict.fromkeys(path.absolute() for path in paths):
            present = self._session.find(path)
            if present is not None:
                self._session.show(present)
                self._shows_next = False
            elif path not in self._waiting:
                self._wait_for(path)
                self._jobs.open(path, partial(self._decode, path))

    def open_names(self, names: Iterable[str]) -> None:
        """The same for paths as text."""
        self.open(Path(name) for name in names)

    @property
    def not_back(self) -> Sequence[SavedEdit]:
        """Of the edits that were to be brought back last, those whose photo could not be read."""
        return tuple(self._not_back)

    def bring_back(self, edits: Iterable[SavedEdit]) -> None:
        """Open photos again with the edits that were saved for them."""
        self._not_back.clear()
        for edit in edits:
            if edit.path is None:
                self._bring_back_pasted(edit)
                continue
            present = self._session.find(edit.path)
            if present is not None:
                self._bring_back(edit, present)
            else:
                self._saved[edit.path] = edit
                self.open([edit.path])
        self.waiting_changed.emit(sum(self._waiting.values()))

    def take(self, mime: QMimeData | None) -> None:
        """Open what was pasted or dropped; None is a clipboard that cannot be read."""
        if mime is None:
            self.nothing_pasted.emit()
            return
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        raw = next((name for name in _RAW_FORMATS if mime.hasFormat(name)), None)
        if paths:
            self.open(paths)
        elif raw is not None:
            self._take_bytes(partial(bytes, mime.data(raw).data()))
        elif mime.hasImage():
            self.take_image(QImage(mime.imageData()))
        else:
            self.nothing_pasted.emit()

    def take_image(self, image: QImage) -> None:
        """Open a picture that has no file."""
        self._take_bytes(partial(_png_of, image))

    def _take_bytes(self, read: Callable[[], bytes]) -> None:
        self._pasted += 1
        name = _PASTED if self._pasted == 1 else f"{_PASTED} {self._pasted}"
        self._shows_next = True
        self._wait_for(None)
        self._jobs.open(None, partial(self._pasted_pictures.read, read, name))

    def _bring_back_pasted(self, edit: SavedEdit) -> None:
        if not self._pasted_pictures.has(edit.fingerprint):
            self.edits_lost.emit(f"“{edit.name}” was pasted, and its pixels were not kept.")
            return
        self._saved[edit.fingerprint] = edit
        self._wait_for(None)
        self._jobs.open(
            None, partial(self._pasted_pictures.read_again, edit.fingerprint, edit.name)
        )

    def _wait_for(self, path: Path | None) -> None:
        self._waiting[path] = self._waiting.get(path, 0) + 1
        self.waiting_changed.emit(sum(self._waiting.values()))

    def _arrived(self, path: Path | None) -> None:
        count = self._waiting.pop(path, 1) - 1
        if count:
            self._waiting[path] = count
        self.waiting_changed.emit(sum(self._waiting.values()))

    @Slot(object)
    def _on_opened(self, photo: Photo) -> None:
        opened = self._session.open(photo, shown=self._shows_next)
        self._shows_next = False
        saved = self._saved.pop(photo.path or photo.fingerprint, None)
        if saved is not None:
            self._bring_back(saved, opened)
        if photo.path is not None:
            self._recent.add(photo.path)
        self._arrived(photo.path)

    @Slot(object, object)
    def _on_open_failed(self, path: Path | None, error: AppError) -> None:
        saved = self._saved.pop(path, None) if path is not None else None
        if saved is not None:
            self._not_back.append(saved)
            self.edits_lost.emit(
                f"The edits of “{saved.name}” need that file. They are offered again when "
                "Unblur starts the next time."
            )
        self._arrived(path)
        self.failed.emit(error)

    def _bring_back(self, saved: SavedEdit, opened: OpenPhoto) -> None:
        if self._fits(saved, opened.photo):
            regions, unknown = with_known_models(
                saved.regions, is_accelerated=self._session.is_accelerated
            )
            self._session.bring_back(opened, regions, saved.protection)
            for model_id in unknown:
                self.edits_lost.emit(
                    f"There is no model “{model_id}” any more. The regions of “{saved.name}” that "
                    "used it have the default model now: restore them again."
                )

    def _fits(self, saved: SavedEdit, photo: Photo) -> bool:
        if saved.fingerprint == photo.fingerprint:
            return True
        if saved.size == photo.size:
            self.edits_lost.emit(
                f"“{photo.name}” has changed since then. Its regions are back: check their place."
            )
            return True
        self.edits_lost.emit(
            f"“{photo.name}” has another size than then, so its regions do not fit any more."
        )
        return False


def _png_of(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", 100)  # type: ignore[call-overload]
    return bytes(buffer.data().data())
