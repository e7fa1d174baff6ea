"""Faces: from the button to a region of every one, and from a click to one that was missed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol, TypeAlias

from PySide6.QtCore import QObject, Signal, Slot

from unblur.document.buffer import PixelImage
from unblur.document.document import Document
from unblur.document.geometry import Point, Rect
from unblur.document.region import Subject
from unblur.document.shapes import Ellipse
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.photo_question import PhotoQuestion
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

Oval: TypeAlias = tuple[Ellipse, float]
"""A face's outline and its feather in pixels."""

Proceed = Callable[[], None]

_SAME = 0.5  # a face is there already when a region and it share this much of both


class Faces(Protocol):
    """What the search asks of `unblur.ui.heavy`."""

    def find_faces(self, pixels: PixelImage, proceed: Proceed) -> Sequence[Oval]:
        """All faces of a photo."""
        ...

    def find_face_at(
        self, pixels: PixelImage, place: Point, known: Sequence[Rect], proceed: Proceed
    ) -> Oval:
        """The face at a place of a photo with these ovals."""
        ...

    def face_feather(self, oval: Ellipse) -> float:
        """The feather of a face, in photo pixels."""
        ...


class FaceSearch(QObject):
    """Looks for the faces of the shown photo, all of them or the one at a place.

    Signals:
        found: so many faces got a region; those that have one already are not counted.
    """

    found = Signal(int)

    def __init__(
        self,
        session: Session,
        jobs: FileJobs,
        faces: Faces,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._faces = faces
        self.question = PhotoQuestion(session, jobs, self)
        self.question.answered.connect(self._on_answered)
        self._places: tuple[Point, ...] = ()  # that were pointed at, and have no answer yet
        self.pointing = PhotoQuestion(session, jobs, self)
        self.pointing.answered.connect(self._on_faces_there)

    def find(self) -> None:
        """Make a region of every face of the shown photo that has none yet."""
        opened = self._session.current
        if opened is not None:
            self.question.ask(opened, partial(self._faces.find_faces, opened.photo.pixels))

    def add_at(self, place: Point) -> None:
        """Make a region of the face at `place`, which was missed."""
        opened = self._session.current
        if opened is None:
            return
        if not self.pointing.is_busy_with(opened):
            self._places = ()
        # A further click is another face, and does not take back the one before.
        places = self._places = (*self._places, place)
        pixels, known = opened.photo.pixels, _ovals(opened.document)
        self.pointing.ask(
            opened,
            lambda proceed: [
                self._faces.find_face_at(pixels, each, known, proceed) for each in places
            ],
        )

    def add(self, oval: Ellipse) -> None:
        """Make a region of the face that this oval was drawn around."""
        opened = self._session.current
        if opened is not None:
            self._add(opened, [(oval, self._faces.face_feather(oval))], "Draw Face")

    @Slot(object, object)
    def _on_faces_there(self, opened: OpenPhoto, ovals: Sequence[Oval]) -> None:
        for oval in ovals:
            self._add(opened, [oval], "Add Face")

    @Slot(object, object)
    def _on_answered(self, opened: OpenPhoto, ovals: Sequence[Oval]) -> None:
        new = [each for each in ovals if not _is_there(each[0], opened.document)]
        if new:
            self._add(opened, new, "Find Faces" if len(new) > 1 else "Find Face")
        self.found.emit(len(new))

    def _add(self, opened: OpenPhoto, ovals: Sequence[Oval], text: str) -> None:
        document = opened.document
        regions = []
        for oval, feather in ovals:
            made = self._session.new_region(oval)
            name = document.free_name("Face")
            region = replace(made, name=name, feather=feather, subject=Subject.FACE)
            document = document.with_region(region)
            regions.append(region)
        opened.edit(document, text)
        if opened is self._session.current:
            self._session.select(regions[0].id)


def _is_there(oval: Ellipse, document: Document) -> bool:
    """Whether a region lies where this face is, or began there and was drawn on."""
    photo = document.photo.size
    places = [each.bounds(photo) for each in document.regions]
    return any(_share(oval.rect, each) > _SAME for each in (*places, *_ovals(document)))


def _share(rect: Rect, other: Rect) -> float:
    """Intersection over union."""
    common = rect.intersected(other).size.area
    return common / max(1, rect.size.area + other.size.area - common)


def _ovals(document: Document) -> tuple[Rect, ...]:
    """The rectangles of the ovals that regions of faces began as."""
    firsts = (region.shapes[:1] for region in document.of_subject(Subject.FACE))
    return tuple(each.rect for first in firsts for each in first if isinstance(each, Ellipse))
