"""Finding faces: from the button to regions, one for every face, as one step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal, Slot

from unblur.document.buffer import PixelImage
from unblur.document.document import Document
from unblur.document.geometry import Rect
from unblur.document.region import Region
from unblur.document.shapes import Ellipse
from unblur.engine.cancel import CancelToken
from unblur.errors import AppError
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

Oval: TypeAlias = tuple[Ellipse, float]
"""A face's outline and its feather in pixels."""

FindFaces = Callable[[PixelImage, Callable[[], None]], Sequence[Oval]]

_SAME = 0.5  # a face is there already when a region and it share this much of both


class FaceSearch(QObject):
    """Looks for the faces of the shown photo in the pool; the latest search wins.

    Signals:
        busy_changed: a search began or ended (bool).
        found: so many faces got a region; those that have one already are not counted.
        failed: the AppError that ended a search.
    """

    busy_changed = Signal(bool)
    found = Signal(int)
    failed = Signal(object)

    def __init__(
        self,
        session: Session,
        jobs: FileJobs,
        find_faces: FindFaces,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._find_faces = find_faces
        self._search: tuple[OpenPhoto, CancelToken] | None = None
        jobs.answered.connect(self._on_answered)
        jobs.not_answered.connect(self._on_not_answered)
        session.photo_closed.connect(self._on_photo_closed)

    @property
    def is_busy(self) -> bool:
        """Whether faces are being looked for."""
        return self._search is not None

    def find(self) -> None:
        """Make a region of every face of the shown photo that has none yet."""
        opened = self._session.current
        if opened is None:
            return
        self._stop()
        token = CancelToken()
        self._search = (opened, token)
        self._jobs.ask(
            token, partial(self._find_faces, opened.photo.pixels, token.raise_if_cancelled)
        )
        self.busy_changed.emit(True)

    def _stop(self) -> None:
        if self._search is not None:
            self._search[1].cancel()
            self._search = None
            self.busy_changed.emit(False)

    def _ended(self, token: object) -> OpenPhoto | None:
        """The photo whose search this was; None for one that nobody waits for any more."""
        if self._search is None or self._search[1] is not token:
            return None
        opened, _ = self._search
        self._search = None
        self.busy_changed.emit(False)
        return opened

    @Slot(object, object)
    def _on_answered(self, token: object, ovals: Sequence[Oval]) -> None:
        opened = self._ended(token)
        if opened is None:
            return
        new = [each for each in ovals if not _is_there(each[0], opened.document)]
        if new:
            self._add(opened, new)
        self.found.emit(len(new))

    @Slot(object, object)
    def _on_not_answered(self, token: object, error: AppError) -> None:
        if self._ended(token) is not None:
            self.failed.emit(error)

    @Slot(object)
    def _on_photo_closed(self, opened: OpenPhoto) -> None:
        if self._search is not None and self._search[0] is opened:
            self._stop()

    def _add(self, opened: OpenPhoto, ovals: Sequence[Oval]) -> None:
        document = opened.document
        regions = []
        for oval, feather in ovals:
            made = self._session.new_region(oval)
            region = replace(made, name=_free_name(document), feather=feather)
            document = document.with_region(region)
            regions.append(region)
        opened.edit(document, "Find Faces" if len(regions) > 1 else "Find Face")
        if opened is self._session.current:
            self._session.select(regions[0].id)


def _is_there(oval: Ellipse, document: Document) -> bool:
    """Whether a region lies where this face is."""
    return any(_share(oval.rect, _bounds(region, document)) > _SAME for region in document.regions)


def _bounds(region: Region, document: Document) -> Rect:
    return region.bounds(document.photo.size)


def _share(rect: Rect, other: Rect) -> float:
    """Intersection over union."""
    common = rect.intersected(other).size.area
    return common / max(1, rect.size.area + other.size.area - common)


def _free_name(document: Document) -> str:
    taken = {region.name for region in document.regions}
    return next(f"Face {n}" for n in range(1, len(taken) + 2) if f"Face {n}" not in taken)
