"""Where people are, for the networks that can be told: the People region's mask, or a found one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from unblur.document.buffer import PixelImage
from unblur.document.document import Document
from unblur.document.shapes import FoundMask, Shape
from unblur.engine.choices import takes_people
from unblur.errors import AppError
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.photo_question import PhotoQuestion
from unblur.ui.region_plans import Told
from unblur.ui.session import Session
from unblur.workers.files import FileJobs
from unblur_models.errors import ZooError

Shapes = tuple[Shape, ...]

Proceed = Callable[[], None]


class People(Protocol):
    """What is asked of `unblur.ui.heavy`."""

    def find_people(
        self,
        pixels: PixelImage,
        is_sharp: bool,  # noqa: FBT001
        proceed: Proceed,
    ) -> FoundMask | None:
        """The people of a photo; None where nobody is."""
        ...

    def draw_mask(self, pixels: PixelImage, shapes: Shapes, proceed: Proceed) -> FoundMask | None:
        """The mask of shapes over a photo; None where it is empty."""
        ...


class PeopleTold(QObject):
    """Keeps what the shown photo's models are told up to date; asks only where one can be told.

    It follows the document and is no part of it: an edit of the People region that is undone
    is undone here as well, and what was restored with the earlier mask is there again.

    Signals:
        known: what is told has changed.
    """

    known = Signal()

    def __init__(
        self,
        session: Session,
        jobs: FileJobs,
        people: People,
        is_sharp: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._people = people
        self._is_sharp = is_sharp
        self._asked: Shapes | None = None  # of the People region; empty: people are looked for
        self._found: dict[int, Told] = {}  # by photo, where there is no People region
        self.question = PhotoQuestion(session, jobs, self)
        self.question.answered.connect(self._on_answered)
        self.question.failed.connect(self._on_failed)
        session.document_changed.connect(self.refresh)
        session.photo_closed.connect(self._on_photo_closed)

    @Slot()
    def refresh(self) -> None:
        """Find out what is to be told, where it is not known."""
        opened = self._session.current
        if opened is None or not _is_wanted(opened.document):
            self.question.drop()
            return
        shapes = opened.document.people
        if len(shapes) == 1 and isinstance(shapes[0], FoundMask):
            self._tell(opened, Told(shapes[0], is_known=True))
        elif not shapes and opened.id in self._found:
            self._tell(opened, self._found[opened.id])
        elif not (self.question.is_busy_with(opened) and self._asked == shapes):
            self._ask(opened, shapes)

    def _ask(self, opened: OpenPhoto, shapes: Shapes) -> None:
        self._asked = shapes
        pixels = opened.photo.pixels
        if shapes:
            self.question.ask(opened, partial(self._people.draw_mask, pixels, shapes))
        else:
            self.question.ask(opened, partial(self._people.find_people, pixels, self._is_sharp()))

    def _tell(self, opened: OpenPhoto, told: Told) -> None:
        self.question.drop()
        if told != opened.plans.people:
            self._session.tell_people(opened, told)
            self.known.emit()

    @Slot(object, object)
    def _on_answered(self, opened: OpenPhoto, mask: FoundMask | None) -> None:
        told = Told(mask, is_known=True)
        if not self._asked:
            self._found[opened.id] = told
        self._tell(opened, told)

    @Slot(object)
    def _on_failed(self, _error: AppError) -> None:
        """It is in the log; a network that is told of nobody restores all the same."""
        opened = self._session.current
        if opened is not None:
            self._tell(opened, Told(is_known=True))

    @Slot(object)
    def _on_photo_closed(self, opened: OpenPhoto) -> None:
        self._found.pop(opened.id, None)


def _is_wanted(document: Document) -> bool:
    """Whether some region's model can be told."""
    for region in document.regions:
        try:
            if takes_people(region.model):
                return True
        except ZooError:  # a model that is here no longer
            continue
    return False
