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
from unblur.document.shapes import Ellipse
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.photo_question import PhotoQuestion
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

Oval: TypeAlias = tuple[Ellipse, float]
"""A face's outline and its feather in pixels."""

FindFaces = Callable[[PixelImage, Callable[[], None]], Sequence[Oval]]

_SAME = 0.5  # a face is there already when a region and it share this much of both


class FaceSearch(QObject):
    """Looks for the faces of the shown photo.

    Signals:
        found: so many faces got a region; those that have one already are not counted.
    """

    found = Signal(int)

    def __init__(
        self,
        session: Session,
        jobs: FileJobs,
        find_faces: FindFaces,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._find_faces = find_faces
        self.question = PhotoQuestion(session, jobs, self)
        self.question.answered.connect(self._on_answered)

    def find(self) -> None:
        """Make a region of every face of the shown photo that has none yet."""
        opened = self._session.current
        if opened is not None:
            self.question.ask(opened, partial(self._find_faces, opened.photo.pixels))

    @Slot(object, object)
    def _on_answered(self, opened: OpenPhoto, ovals: Sequence[Oval]) -> None:
        new = [each for each in ovals if not _is_there(each[0], opened.document)]
        if new:
            self._add(opened, new)
        self.found.emit(len(new))

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
    photo = document.photo.size
    return any(_share(oval.rect, each.bounds(photo)) > _SAME for each in document.regions)


def _share(rect: Rect, other: Rect) -> float:
    """Intersection over union."""
    common = rect.intersected(other).size.area
    return common / max(1, rect.size.area + other.size.area - common)


def _free_name(document: Document) -> str:
    taken = {region.name for region in document.regions}
    return next(f"Face {n}" for n in range(1, len(taken) + 2) if f"Face {n}" not in taken)
